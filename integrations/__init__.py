"""The outside world, made boring: sources in, canonical records and their changes out."""
