"""Governed configuration: books of rules whose editions a second person releases."""
