"""The only writers of the audit record."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from billing_portal.kernel.pure.correlation import current_id
from billing_portal.kernel.transactions import joining

if TYPE_CHECKING:
    from billing_portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to record; `facts` go into the hashed body: keys, codes and amounts, no names."""

    chain: str
    verb: str
    subject: str
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)
    correlation_id: str = ""


def canonical(facts: dict[str, Any]) -> str:
    """Facts as the text that is hashed: sorted keys, no spaces."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), default=str)


def record(*, chain: str, verb: str, subject: str, by: "User", reason: str, **facts: Any) -> None:
    """Append one event to a chain, inside the caller's transaction.

    Waits for another transaction that has written to the chain and is still open, so record last.
    """
    record_many([Event(chain=chain, verb=verb, subject=subject, reason=reason, facts=facts)], by=by)


INSERT = """
INSERT INTO audit_event (chain, verb, subject, reason, body, correlation_id, actor_id)
SELECT e.chain, e.verb, e.subject, e.reason, e.body, e.correlation_id, %s
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
     WITH ORDINALITY AS e (chain, verb, subject, reason, body, correlation_id, position)
ORDER BY e.chain, e.position
"""


@joining
def record_many(events: Iterable[Event], *, by: "User") -> int:
    """Append events in order, in one statement; chains are locked in their names' order.

    Returns how many. SQL that writes sets elsewhere may insert the same columns itself, ordered by
    chain: `INSERT INTO audit_event (chain, verb, subject, reason, body, correlation_id, actor_id)
    SELECT … ORDER BY chain`.
    """
    rows = [
        (e.chain, e.verb, e.subject, e.reason, canonical(e.facts), e.correlation_id or current_id())
        for e in events
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [by.pk, *map(list, zip(*rows, strict=True))])
    return len(rows)
