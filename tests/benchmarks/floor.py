"""The floor that intake is measured against: COPY of the same rows into the same tables.

A run's rows are read back from its database, then streamed as they are into a copy of the database
as it was before the run: same indexes, same triggers, one transaction. What the database stamps
itself (which transaction wrote) it stamps again.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

STAMPED = ("txid", "history_txid")
WRITTEN_BY_TRIGGERS = ("cases_countdelta",)
BLOCK = 1 << 20

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname
"""
COLUMNS = """
SELECT a.attname FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND a.attname <> ALL(%s)
ORDER BY a.attnum
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that a run added to one table, as COPY wrote them."""

    table: str
    columns: tuple[str, ...]
    count: int
    path: Path


def keyed_by_id(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, tuple[str, ...]]:
    """Every table that draws keys, with its columns."""
    tables = [str(name) for (name,) in connection.execute(TABLES).fetchall()]
    columns = {
        table: tuple(
            str(name) for (name,) in connection.execute(COLUMNS, [table, list(STAMPED)]).fetchall()
        )
        for table in tables
        if table not in WRITTEN_BY_TRIGGERS
    }
    return {t: found for t, found in columns.items() if {"id", "history_id"} & set(found)}


def newest_keys(url: str) -> dict[str, int]:
    """The highest key of every table."""
    with psycopg.connect(url) as connection:
        return {
            table: highest(connection, table, key_of(columns))
            for table, columns in keyed_by_id(connection).items()
        }


def highest(connection: psycopg.Connection[tuple[object, ...]], table: str, key: str) -> int:
    """The highest key of a table."""
    query = sql.SQL("SELECT coalesce(max({}), 0) FROM {}").format(
        sql.Identifier(key), sql.Identifier(table)
    )
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0]))


def key_of(columns: tuple[str, ...]) -> str:
    """A history table has its own key beside the row's."""
    return "history_id" if "history_id" in columns else "id"


@contextmanager
def added_rows(url: str, before: dict[str, int]) -> Iterator[list[Rows]]:
    """What a run added, in files that are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(url) as connection:
        found = []
        for table, columns in keyed_by_id(connection).items():
            rows = dump(connection, table, columns, before[table], Path(folder))
            if rows.count:
                found.append(rows)
        yield found


def dump(
    connection: psycopg.Connection[tuple[object, ...]],
    table: str,
    columns: tuple[str, ...],
    after: int,
    folder: Path,
) -> Rows:
    """Write a table's rows above a key into a file."""
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE {} > {} ORDER BY 1) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(table),
        sql.Identifier(key_of(columns)),
        sql.Literal(after),
    )
    path = folder / table
    with connection.cursor() as cursor, path.open("wb") as file, cursor.copy(query) as stream:
        for block in stream:
            file.write(block)
    return Rows(table, columns, path.read_bytes().count(b"\n"), path)


def fill(url: str, rows: list[Rows], *, with_triggers: bool) -> float:
    """Stream rows into a database in one transaction; returns the seconds it took."""
    with psycopg.connect(url) as connection:
        if not with_triggers:
            connection.execute("SET session_replication_role = replica")
            connection.commit()
        started = time.perf_counter()
        for each in rows:
            stream_into(connection, each)
        connection.commit()
        return time.perf_counter() - started


def stream_into(connection: psycopg.Connection[tuple[object, ...]], rows: Rows) -> None:
    """COPY one table's rows."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(rows.table), sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    )
    with (
        connection.cursor() as cursor,
        rows.path.open("rb") as file,
        cursor.copy(statement) as stream,
    ):
        while block := file.read(BLOCK):
            stream.write(block)
