"""One exception, from found to resolved."""
