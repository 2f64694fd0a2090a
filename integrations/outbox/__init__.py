"""Sent once: what we ask of other systems, in order, and what became of each of it."""
