"""What every table holds, in short: equal sums, nothing changed."""

from django.db import connection

SUM = "SELECT coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM {} AS row"


def checksums() -> dict[str, str]:
    """A checksum of every table that a model has, by table."""
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(connection.introspection.django_table_names(only_existing=True)):
            cursor.execute(SUM.format(connection.ops.quote_name(table)))
            found[table] = cursor.fetchone()[0]
        return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The tables that are not as they were."""
    return {table for table, was in before.items() if after[table] != was}
