"""Operator screens."""
