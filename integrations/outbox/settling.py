"""What became of a message is written down: its state, the tries, the feed, the breaker. At once.

Each end of a try is one transaction, fenced by the lease's token: a late worker writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql

from integrations.feed import services as feed
from integrations.feed.models import Record
from integrations.outbox.leases import Lease, LeaseLost
from integrations.outbox.lifecycle import ATTEMPTS, Act, Answer, Verdict
from integrations.outbox.models import Attempt, OutboxMessage

LONGEST_BREAK = 300  # seconds in which a destination that was not reached is left alone

SETTLE = """
UPDATE integrations_outboxmessage
SET state = %(state)s, lease_token = NULL, code = %(code)s, words = %(words)s,
    due_at = CASE WHEN %(final)s THEN NULL
                  ELSE clock_timestamp() + make_interval(secs => %(wait)s::float8) END,
    settled_at = CASE WHEN %(final)s THEN clock_timestamp() END,
    accepted_at = CASE WHEN %(accepted)s THEN coalesce(accepted_at, clock_timestamp())
                       ELSE accepted_at END,
    attempts = CASE WHEN %(accepted)s THEN 0 ELSE attempts END,
    partner_reference = CASE %(reference)s WHEN '' THEN partner_reference ELSE %(reference)s END
WHERE id = %(message)s AND lease_token = %(token)s
"""
GIVE_UP = """
UPDATE integrations_outboxmessage
SET state = 'unknown', lease_token = NULL, due_at = NULL, code = 'worker_died',
    words = 'Its worker died at every attempt.'
WHERE id IN (
    SELECT id FROM integrations_outboxmessage
    WHERE state = 'leased' AND attempts >= %(attempts)s AND due_at < clock_timestamp()
    FOR UPDATE SKIP LOCKED
)
RETURNING id, correlation_id
"""
CLOSE = """
INSERT INTO integrations_breaker (destination_id, failures_in_a_row, last_answer_at)
VALUES (%(destination)s, 0, clock_timestamp())
ON CONFLICT (destination_id) DO UPDATE
SET failures_in_a_row = 0, open_until = NULL, last_answer_at = clock_timestamp()
WHERE integrations_breaker.failures_in_a_row > 0
   OR integrations_breaker.last_answer_at < clock_timestamp() - interval '10 s'
"""
OPEN = """
INSERT INTO integrations_breaker AS b (destination_id, failures_in_a_row, open_until,
                                       last_failure_at)
VALUES (%(destination)s, 1,
        CASE WHEN %(bears)s = 0 THEN clock_timestamp() + make_interval(secs => %(wait)s) END,
        clock_timestamp())
ON CONFLICT (destination_id) DO UPDATE
SET failures_in_a_row = b.failures_in_a_row + 1,
    last_failure_at = clock_timestamp(),
    open_until = CASE WHEN b.failures_in_a_row >= %(bears)s THEN
        clock_timestamp() + make_interval(secs => greatest(
            %(wait)s, least(2 ^ least(b.failures_in_a_row, 10), %(longest)s))) END
"""
BORNE = {Answer.NOT_REACHED: 0, Answer.THROTTLED: 0, Answer.UNKNOWN: 3}
"""How many failures in a row are borne before a destination is left alone for a while."""


@dataclass(frozen=True, slots=True)
class Try:
    """One call to a destination, as it will be written down."""

    act: Act
    answer: Answer
    milliseconds: int
    code: str = ""
    words: str = ""
    reference: str = ""
    retry_after: float | None = None


@transaction.atomic
def settle(lease: Lease, message: OutboxMessage, verdict: Verdict, tries: Sequence[Try]) -> None:
    """End a try: the message's state, a row for each call, a change in the feed. Raises LeaseLost.

    A message that merely waits for its next attempt is no news.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLE,
            {
                "state": verdict.state.value,
                "code": verdict.code,
                "words": verdict.words,
                "final": verdict.is_final,
                "wait": verdict.wait,
                "accepted": verdict.is_accepted,
                "reference": verdict.reference,
                "message": lease.message_id,
                "token": lease.token,
            },
        )
        if cursor.rowcount != 1:
            raise LeaseLost("Another worker has taken this message.")
    Attempt.objects.bulk_create(
        Attempt(
            message=message,
            number=lease.attempts,
            act=each.act,
            answer=each.answer,
            code=each.code,
            words=each.words,
            reference=each.reference,
            milliseconds=each.milliseconds,
        )
        for each in tries
    )
    if verdict.is_news:
        tell(message.pk, correlation_id=message.correlation_id)


def tell(pk: int, *, correlation_id: str) -> None:
    """Say in the feed that something became of a message."""
    query = sql.SQL("VALUES (%(message)s::bigint, NULL::bigint)")
    feed.append(record=Record.OUTBOX, query=query, correlation_id=correlation_id, message=pk)


@transaction.atomic
def give_up() -> int:
    """Leave to a person what killed its worker at every attempt; returns how many.

    Nobody can say whether it was applied.
    """
    with connection.cursor() as cursor:
        cursor.execute(GIVE_UP, {"attempts": ATTEMPTS})
        rows = cursor.fetchall()
    for pk, correlation_id in rows:
        tell(pk, correlation_id=correlation_id)
    return len(rows)


@transaction.atomic
def heed(destination_id: int, last: Try) -> None:
    """Let the breaker follow the last call: open when nothing gets through, else closed.

    One answer that was lost is no outage; several in a row are.
    """
    is_out = last.answer in BORNE
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN if is_out else CLOSE,
            {
                "destination": destination_id,
                "bears": BORNE[last.answer],
                "wait": min(last.retry_after or 1.0, LONGEST_BREAK),
                "longest": LONGEST_BREAK,
            }
            if is_out
            else {"destination": destination_id},
        )
