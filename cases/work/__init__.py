"""The Case: its table, its lifecycle, its moves, who may see it."""
