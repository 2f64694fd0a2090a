"""Wires the parts; holds no domain."""
