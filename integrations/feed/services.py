"""The only writers of the feed and of its consumers' cursors."""

from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from psycopg import sql

from integrations.feed.models import Cursor, Record
from integrations.feed.queries import Position

APPEND = sql.SQL(
    "INSERT INTO integrations_change (record, record_id, claim_id, correlation_id)"
    " SELECT {record}, changed.record_id, changed.claim_id, %(correlation_id)s"
    " FROM ({query}) AS changed (record_id, claim_id)"
)


class NotReading(Exception):
    """A consumer advanced its cursor without holding it: a mistake in the caller."""


def append(*, record: Record, query: sql.Composable, correlation_id: str, **parameters: Any) -> int:
    """Say that records changed, in the transaction that changed them; returns how many.

    `query` yields (record id, claim id or NULL).
    """
    statement = APPEND.format(record=sql.Literal(record.value), query=query)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters, "correlation_id": correlation_id})
        return int(cursor.rowcount)


def hold(consumer: str) -> Position:
    """Lock a consumer's cursor until the transaction ends and say where it stands.

    A second worker of the same consumer waits here, and then reads on from where the first came.
    """
    Cursor.objects.bulk_create([Cursor(consumer=consumer)], ignore_conflicts=True)
    cursor = Cursor.objects.select_for_update().get(pk=consumer)
    return Position(cursor.txid, cursor.change_id)


@transaction.atomic
def advance(*, consumer: str, to: Position) -> None:
    """Move a consumer's cursor forward, in the transaction that did what the changes asked for.

    Locks the cursor. Raises NotReading when it stands further already.
    """
    if hold(consumer) > to:
        raise NotReading(f"{consumer} stands beyond {to}")
    Cursor.objects.filter(pk=consumer).update(txid=to.txid, change_id=to.change_id, moved_at=Now())
