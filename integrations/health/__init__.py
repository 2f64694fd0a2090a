"""Whether each source is heard from."""
