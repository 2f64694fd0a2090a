"""Which case comes next, and why: weights, odds, ranks, skills and skips."""
