"""A Tryton of our own for tests and the demo: a real ERP in processes and an environment apart.

Tryton is GPL: nothing of it is imported here, it is installed beside, started and spoken to over
HTTP. Never for real books: it runs without crash safety and its passwords lie in its home.
"""
