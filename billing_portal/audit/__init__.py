"""What was done: an append-only record, one chain per subject."""
