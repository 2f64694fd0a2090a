"""Schedules as rows and the pulls they ring for."""
