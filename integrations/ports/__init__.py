"""What connectors say and are asked: pure Python, and the registry of connectors."""
