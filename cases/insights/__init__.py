"""Numbers about the work, read only: each is the count of a list that can be opened."""
