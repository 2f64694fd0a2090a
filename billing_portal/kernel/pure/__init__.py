"""Pure Python that even connectors may import."""
