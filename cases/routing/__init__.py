"""Which queue a case belongs to, by rules stored as rows."""
