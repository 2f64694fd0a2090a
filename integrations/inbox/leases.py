"""Who works on a message: a lease with a fencing token, and attempts counted when it is taken.

A living worker holds the message's row locked while it applies a part, and the sweep skips locked
rows: so the lease may be short, and what a killed worker left is taken up seconds later. Whoever
wakes up late finds another token and changes nothing. Times are the database's.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from integrations.inbox.models import Message, MessageStatus

LEASE = 15  # seconds
RETRY = 30
ATTEMPTS = 5

TAKE = """
UPDATE integrations_message
SET attempts = attempts + 1, lease_token = gen_random_uuid(), error = '',
    lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = (
    SELECT id FROM integrations_message
    WHERE status = 'received' AND attempts < %(attempts)s
      AND (lease_until IS NULL OR lease_until < clock_timestamp()
           OR (error <> '' AND id = %(message)s::bigint))
      AND id = coalesce(%(message)s::bigint, id)
    ORDER BY attempts, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, lease_token, attempts
"""

BURY = """
UPDATE integrations_message
SET status = 'dead', lease_token = NULL, lease_until = NULL,
    error = CASE error WHEN '' THEN 'its worker died each time' ELSE error END
WHERE id IN (
    SELECT id FROM integrations_message
    WHERE status = 'received' AND attempts >= %(attempts)s AND lease_until < clock_timestamp()
    FOR UPDATE SKIP LOCKED
)
RETURNING id
"""

EXTEND = """
UPDATE integrations_message SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
WHERE id = %(message)s AND lease_token = %(token)s AND status = 'received'
"""

GIVE_BACK = """
UPDATE integrations_message
SET lease_until = clock_timestamp() + make_interval(secs => %(wait)s), error = %(error)s
WHERE id = %(message)s AND lease_token = %(token)s AND status = 'received'
"""


class LeaseLost(DomainError):
    """Another worker has taken the message; whoever held it before changes nothing more."""

    code = "lease_lost"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one message; `token` fences late writers off."""

    message_id: int
    token: UUID
    attempts: int


@transaction.atomic
def take(*, message_pk: int | None = None) -> Lease | None:
    """Lease a message that waits (or the given one), fewest attempts first, then oldest.

    None when nothing waits, or another worker is on it. Who asks for one message by name need not
    wait until its next attempt is due.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"lease": LEASE, "attempts": ATTEMPTS, "message": message_pk})
        row = cursor.fetchone()
    return Lease(*row) if row else None


@transaction.atomic
def bury(*, by: User) -> int:
    """Give up messages whose every attempt failed or killed its worker; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(BURY, {"attempts": ATTEMPTS})
        dead = [row[0] for row in cursor.fetchall()]
    for message in Message.objects.filter(pk__in=dead).select_related("source").order_by("pk"):
        audit.record(
            chain=f"source:{message.source.name}",
            verb="message.dead",
            subject=f"message:{message.pk}",
            by=by,
            reason=f"given up after {message.attempts} attempts",
        )
    return len(dead)


def hold(lease: Lease) -> None:
    """Lock the message's row for the caller's transaction and renew the lease. Raises LeaseLost."""
    with connection.cursor() as cursor:
        cursor.execute(EXTEND, {"lease": LEASE, "message": lease.message_id, "token": lease.token})
        if cursor.rowcount != 1:
            raise LeaseLost("Another worker has taken this message.")


@transaction.atomic
def give_back(lease: Lease, *, error: str) -> None:
    """Let a failed message wait, longer after each attempt, before it is tried again.

    `error` names the kind of failure, never the data. A lost lease is left alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            GIVE_BACK,
            {
                "wait": RETRY * lease.attempts,
                "error": error,
                "message": lease.message_id,
                "token": lease.token,
            },
        )


def settle(lease: Lease, *, status: MessageStatus, totals: dict[str, object]) -> None:
    """End the work on a message, in the caller's transaction. Raises LeaseLost."""
    settled = Message.objects.filter(pk=lease.message_id, lease_token=lease.token).update(
        status=status,
        totals=totals,
        applied_at=Now(),
        lease_token=None,
        lease_until=None,
        error="",
    )
    if settled != 1:
        raise LeaseLost("Another worker has taken this message.")
