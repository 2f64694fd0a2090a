"""Somebody wants money to move who must not: attempts without number, drawn from a seed."""
