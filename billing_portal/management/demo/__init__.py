"""The demo: a fictional organisation, its remittances, and people at work on them."""
