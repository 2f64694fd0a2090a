"""Filling tables with sets of rows, triggers and foreign keys off, indexes made afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db.models import Model
from psycopg import sql
from psycopg.types.json import Jsonb

from billing_portal.embedded.postgres import OWNER
from billing_portal.kernel.models.history import history_table, shared_columns

SETTINGS = {
    "session_replication_role": "replica",
    "synchronous_commit": "off",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "temp_buffers": "128MB",
    "role": OWNER,
}
SECONDARY = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY 1
"""
SEQUENCES = """
SELECT c.relname, a.attname, pg_get_serial_sequence(c.relname, a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> ''
WHERE c.oid = ANY(%s::regclass[])
"""


class Loader:
    """One connection that writes as the owner of the tables and wakes no trigger.

    The database's administrator opens it, since nobody else may put triggers to sleep.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    @classmethod
    @contextmanager
    def open(cls, admin_url: str) -> Iterator["Loader"]:
        """One transaction: all or nothing."""
        with psycopg.connect(admin_url, cursor_factory=psycopg.ClientCursor) as connection:
            for name, value in SETTINGS.items():
                connection.execute("SELECT set_config(%s, %s, false)", [name, value])
            yield cls(connection)

    def run(self, statement: Any, parameters: Any = None) -> int:
        """One statement; how many rows it made."""
        return self.connection.execute(statement, parameters).rowcount

    def rows(self, query: Any, parameters: Any = None) -> list[tuple[Any, ...]]:
        """What a query answers."""
        return self.connection.execute(query, parameters).fetchall()

    def value(self, query: Any, parameters: Any = None) -> Any:
        """The one value that a query answers."""
        return self.rows(query, parameters)[0][0]

    def newest(self, model: type[Model]) -> int:
        """The highest key that a table holds."""
        return int(
            self.value(
                sql.SQL("SELECT coalesce(max({}), 0) FROM {}").format(
                    sql.Identifier(model._meta.pk.column), sql.Identifier(model._meta.db_table)
                )
            )
        )

    def insert(self, model: type[Model], values: Mapping[str, str], source: str) -> int:
        """Rows of a model from a source, columns by expression; the others get their defaults."""
        columns = {name: sql.SQL(expression) for name, expression in values.items()}
        columns |= defaults(model, but=columns)
        return self.run(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                sql.Identifier(model._meta.db_table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(columns.values()),
                sql.SQL(source),
            )
        )

    def remember(
        self, model: type[Model], values: Mapping[str, str], source: str, told: Mapping[str, str]
    ) -> int:
        """History rows from a source: `values` where they differ from the row `t`; `told` is who,
        when, why and which kind.
        """
        columns = {
            name: sql.SQL(values[name]) if name in values else sql.Identifier("t", name)
            for name in shared_columns(model)
        }
        columns |= {f"history_{name}": sql.SQL(expression) for name, expression in told.items()}
        return self.run(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                sql.Identifier(history_table(model)),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(columns.values()),
                sql.SQL(source),
            )
        )

    @contextmanager
    def without_indexes(self, tables: list[str]) -> Iterator[None]:
        """Indexes that no constraint needs go before the load and come back after it."""
        held = self.rows(SECONDARY, [tables])
        for name, _definition in held:
            self.run(sql.SQL("DROP INDEX " + name))
        yield
        for _name, definition in held:
            self.run(sql.SQL(definition.replace("%", "%%")))

    def advance_sequences(self, tables: list[str]) -> None:
        """Numbers given from now on come after all that were loaded."""
        for table, column, sequence in self.rows(SEQUENCES, [tables]):
            self.run(
                sql.SQL("SELECT setval({}, greatest(max({}), 1)) FROM {}").format(
                    sql.Literal(sequence), sql.Identifier(column), sql.Identifier(table)
                )
            )


def defaults(model: type[Model], *, but: Mapping[str, Any]) -> dict[str, sql.Composable]:
    """What Django would write where nothing is said; the database's own defaults are its own."""
    found: dict[str, sql.Composable] = {}
    for field in model._meta.concrete_fields:
        if field.column not in but and field.has_default() and not field.has_db_default():
            value = field.get_default()
            found[field.column] = sql.Literal(Jsonb(value) if isinstance(value, dict) else value)
    return found
