"""Append-only log of what changed, read by cursor."""
