"""Checks that read files and the app registry, and need no database."""
