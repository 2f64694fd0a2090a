"""Received once: raw messages, what became of each, what waits for a person."""
