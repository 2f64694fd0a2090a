"""Webhooks and JSON."""
