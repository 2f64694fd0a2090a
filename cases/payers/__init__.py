"""How to reach a payer, and what it asks of us, in words."""
