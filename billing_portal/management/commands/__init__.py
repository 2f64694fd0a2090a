"""Entry points of `manage.py`."""
