"""Files that prove a case."""
