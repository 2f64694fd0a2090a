"""Editing books of rules: sentences, forms, and how editions are shown."""
