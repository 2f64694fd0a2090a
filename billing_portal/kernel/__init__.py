"""What every part stands on: pure helpers, model bases, guarded history."""
