"""What the newest move of a case changed, and so what undoing it restores. Reads only.

The newest history row beside the one before it says which columns changed; the audit chain says by
which verb. Set-wise: one statement for one case or ten thousand.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from cases.work.lifecycle import RESTORED, Verb

COLUMNS = sorted(RESTORED)
DETAILS = "details"  # the only one that is JSON
MOVES = {f"case.{verb.value}": verb for verb in Verb}
LATEST = sql.SQL(
    "SELECT asked.id, new.version, new.history_user_id, move.verb,"
    " {after}, {before}"
    " FROM unnest(%(cases)s::bigint[]) AS asked (id)"
    " CROSS JOIN LATERAL (SELECT * FROM cases_historicalcase AS h WHERE h.id = asked.id"
    "  ORDER BY h.history_id DESC LIMIT 1) AS new"
    " CROSS JOIN LATERAL (SELECT * FROM cases_historicalcase AS h WHERE h.id = asked.id"
    "  AND h.history_id < new.history_id ORDER BY h.history_id DESC LIMIT 1) AS old"
    " CROSS JOIN LATERAL (SELECT e.verb, e.body FROM audit_event AS e"
    "  WHERE e.chain = 'case:' || asked.id AND e.verb = ANY(%(verbs)s)"
    "  ORDER BY e.seq DESC LIMIT 1) AS move"
    " WHERE (move.body::jsonb ->> 'version')::int = new.version"
).format(
    after=sql.SQL(", ").join(sql.SQL("new.{}").format(sql.Identifier(name)) for name in COLUMNS),
    before=sql.SQL(", ").join(sql.SQL("old.{}").format(sql.Identifier(name)) for name in COLUMNS),
)


@dataclass(frozen=True, slots=True)
class LastMove:
    """The newest move of a case: which verb, by whom, making which version.

    `restores` holds the columns that it changed, as they were before.
    """

    case_id: int
    version: int
    by_id: int
    verb: Verb
    restores: dict[str, Any]


def last_moves(case_ids: Iterable[int]) -> dict[int, LastMove]:
    """The newest move of each of these cases, by key; none for a case that was never moved."""
    with connection.cursor() as cursor:
        cursor.execute(LATEST, {"cases": list(case_ids), "verbs": list(MOVES)})
        return {row[0]: _move(row) for row in cursor.fetchall()}


def _move(row: tuple[Any, ...]) -> LastMove:
    case_id, version, by_id, verb, *values = row
    after, before = values[: len(COLUMNS)], values[len(COLUMNS) :]
    changed = {
        name: json.loads(old) if name == DETAILS else old
        for name, new, old in zip(COLUMNS, after, before, strict=True)
        if new != old
    }
    return LastMove(case_id, version, by_id, MOVES[verb], changed)
