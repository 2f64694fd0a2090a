"""What people should be told once."""
