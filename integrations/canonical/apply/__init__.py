"""From facts to records, set-wise and once only: one transaction of a message at a time."""
