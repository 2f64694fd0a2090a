"""Model bases, guarded history and the migration operations that guard it."""
