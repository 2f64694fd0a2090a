"""Which case holds which part of which claim's facts, once cases were merged or split."""
