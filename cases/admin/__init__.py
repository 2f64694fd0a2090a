"""Configuration and support in Django admin."""
