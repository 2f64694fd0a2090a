"""Locks on things that have no row yet."""

from django.db import connection


def lock(name: str) -> None:
    """Let one transaction at a time deal with what has this name; free when it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
