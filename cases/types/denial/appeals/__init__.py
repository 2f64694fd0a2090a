"""Appeals: what we write to a payer that denied, level by level, and what it answers."""
