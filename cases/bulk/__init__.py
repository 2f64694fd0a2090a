"""Many cases at once: what was selected, what became of each, and the way back."""
