"""The scripts that make the environment and check the code."""
