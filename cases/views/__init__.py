"""Worklists that people keep: a name, what narrows and orders them, which columns they show."""
