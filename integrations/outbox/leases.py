"""Who sends a message: a lease with a fencing token, and attempts counted when it is taken.

A message is due again when its lease ends, and the lease is longer than the destination may still
be at work on what was asked: so whoever takes up what a killed worker left looks it up first, and
can believe the answer. Whoever wakes up late finds another token and changes nothing. Of one order
a message is taken only when all before it are done. Times are the database's.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from billing_portal.kernel.pure.errors import DomainError
from integrations.outbox.lifecycle import ATTEMPTS, FINAL, MARGIN, OutboxState

CONNECT_SECONDS = 5
SLACK = CONNECT_SECONDS + MARGIN
LEASE = f"make_interval(secs => d.read_seconds + d.request_limit_seconds + {SLACK})"
DONE = ", ".join(f"'{state}'" for state in sorted(FINAL))

TAKE = f"""
WITH next AS (
    SELECT o.id, o.state AS was, {LEASE} AS lease
    FROM integrations_outboxmessage o
    JOIN integrations_destination d ON d.id = o.destination_id AND d.is_active
    LEFT JOIN integrations_breaker b ON b.destination_id = d.id
    WHERE o.due_at <= clock_timestamp() AND o.attempts < %(attempts)s
      AND (b.open_until IS NULL OR b.open_until <= clock_timestamp())
      AND NOT EXISTS (
          SELECT FROM integrations_outboxmessage e
          WHERE e.order_key = o.order_key AND e.position < o.position AND e.state NOT IN ({DONE})
      )
    ORDER BY o.due_at, o.id LIMIT 1 FOR UPDATE OF o SKIP LOCKED
)
UPDATE integrations_outboxmessage o
SET state = 'leased', attempts = o.attempts + 1, lease_token = gen_random_uuid(),
    due_at = clock_timestamp() + next.lease
FROM next WHERE o.id = next.id
RETURNING o.id, o.lease_token, o.attempts, next.was,
          extract(epoch FROM clock_timestamp() - o.accepted_at)
"""  # noqa: S608 -- constants of ours

RENEW = f"""
UPDATE integrations_outboxmessage o SET due_at = clock_timestamp() + {LEASE}
FROM integrations_destination d
WHERE d.id = o.destination_id AND o.id = %(message)s AND o.lease_token = %(token)s
  AND o.due_at > clock_timestamp()
"""  # noqa: S608 -- constants of ours


class LeaseLost(DomainError):
    """Another worker has taken the message; whoever held it before changes nothing more."""

    code = "lease_lost"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one message; `token` fences late writers off.

    `is_in_doubt`: a former attempt may have been applied. `accepted_for` is in seconds.
    """

    message_id: int
    token: UUID
    attempts: int
    is_in_doubt: bool
    accepted_for: float | None


@transaction.atomic
def take() -> Lease | None:
    """Lease the message that is due longest and first of its order; None when nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"attempts": ATTEMPTS})
        row = cursor.fetchone()
    if row is None:
        return None
    pk, token, attempts, was, accepted_for = row
    return Lease(
        message_id=pk,
        token=token,
        attempts=attempts,
        is_in_doubt=was != OutboxState.PENDING,
        accepted_for=None if accepted_for is None else float(accepted_for),
    )


@transaction.atomic
def renew(lease: Lease) -> None:
    """Begin the lease anew, at the last moment before a message is sent. Raises LeaseLost.

    A lease that has ended is not renewed: whoever held it was away for long, and what it has read
    of the message may be true no more.
    """
    with connection.cursor() as cursor:
        cursor.execute(RENEW, {"message": lease.message_id, "token": lease.token})
        if cursor.rowcount != 1:
            raise LeaseLost("Another worker may have taken this message.")
