"""The records every source is translated into."""
