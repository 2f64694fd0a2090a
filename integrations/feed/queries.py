"""Reading the feed: nothing that a running transaction could still precede.

Ids are drawn when a row is written and seen when its transaction commits, so "greater than the last
id" loses rows. A position is the pair of transaction and row, and reading stops below the oldest
transaction that still runs.
"""

from dataclasses import dataclass

from django.db import connection

from billing_portal.kernel.models.bases import current_xact_id
from integrations.feed.models import Change, Cursor


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the feed; positions compare in reading order."""

    txid: int = 0
    change_id: int = 0


READ = """
SELECT id, txid::text::bigint AS txid, record, record_id, claim_id, correlation_id, at
FROM integrations_change
WHERE (txid, id) > (%(txid)s::text::xid8, %(change_id)s)
  AND txid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY integrations_change.txid, id
LIMIT %(limit)s
"""

END = """
SELECT txid::text::bigint, id FROM integrations_change
ORDER BY integrations_change.txid DESC, id DESC LIMIT 1
"""


def read_after(position: Position, *, limit: int) -> list[Change]:
    """Up to `limit` changes after a position, in reading order."""
    parameters = {"txid": position.txid, "change_id": position.change_id, "limit": limit}
    return list(Change.objects.raw(READ, parameters))


def read(consumer: str, limit: int) -> list[Change]:
    """Up to `limit` changes that a consumer has not read, in reading order."""
    return read_after(position_of(consumer), limit=limit)


def position_of(consumer: str) -> Position:
    """How far a consumer has read; the start of the feed for one that never did."""
    cursor = Cursor.objects.filter(consumer=consumer).first()
    return Position(cursor.txid, cursor.change_id) if cursor else Position()


def after(change: Change) -> Position:
    """Where one stands who has read this change."""
    return Position(change.txid, change.pk)


def end() -> Position:
    """The last change that is committed or the caller's own, read by anybody or not."""
    with connection.cursor() as cursor:
        cursor.execute(END)
        row = cursor.fetchone()
    return Position(*row) if row else Position()


def own_changes() -> list[Change]:
    """What the current transaction has written to the feed: what a dry run's detection reads."""
    return list(Change.objects.filter(txid=current_xact_id()).order_by("pk"))
