"""The only writers of messages beside their delivery: asking, and what a person does with them."""

import hashlib
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from kombu.exceptions import OperationalError

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.transactions import joining
from integrations.outbox import queries
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import Destination, OutboxMessage
from integrations.outbox.settling import tell
from integrations.outbox.tasks import deliver
from integrations.ports.commands import Command, encode


class EventKeyReused(DomainError):
    """One event key, two commands: one of them is a mistake in the caller."""

    code = "event_key_reused"


class MessageNotWaiting(DomainError):
    """The message is under way or done: there is nothing for a person to decide."""

    code = "outbox_message_not_waiting"


class ReferenceMissing(DomainError):
    """Whoever says that a message was applied says where it stands."""

    code = "reference_missing"


@joining
def add(
    *,
    command: Command,
    destination: Destination,
    order_key: str,
    event_key: UUID,
    correlation_id: str,
    at: datetime,
) -> OutboxMessage:
    """Ask for a command, in the transaction that decided it; it is sent once this has committed.

    Messages of one `order_key` are sent one after the other, in the order in which their
    transactions committed: locks the order until then. The same event asked for again is the
    message that is there. Raises EventKeyReused, CommandUnreadable.
    """
    payload = encode(command)
    digest = hashlib.sha256(payload.encode()).hexdigest()
    lock(order_key)
    held = OutboxMessage.objects.filter(event_key=event_key).first()
    if held is not None:
        if (held.digest, held.destination_id) != (digest, destination.pk):
            raise EventKeyReused("This event was sent before, with another command.")
        return held
    last = OutboxMessage.objects.filter(order_key=order_key).aggregate(last=Max("position"))["last"]
    message = OutboxMessage.objects.create(
        event_key=event_key,
        destination=destination,
        kind=command.kind,
        payload=payload,
        digest=digest,
        total=command.total,
        currency=command.currency,
        order_key=order_key,
        position=(last or 0) + 1,
        correlation_id=correlation_id,
        added_at=at,
        due_at=at,
    )
    ring_on_commit()
    return message


def lock(order_key: str) -> None:
    """Let one transaction at a time add to an order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"outbox/{order_key}"]
        )


@joining
def replay(*, message: OutboxMessage, by: User, reason: str, at: datetime) -> OutboxMessage:
    """Try a message again that waits for a person, from its first attempt on.

    One whose outcome is unknown is looked up first, as ever. Locks the message. Raises
    MessageNotWaiting.
    """
    locked = waiting(message)
    if locked.state != OutboxState.UNKNOWN:
        locked.state = OutboxState.PENDING
    locked.attempts, locked.due_at, locked.accepted_at = 0, at, None
    locked.save(update_fields=["state", "attempts", "due_at", "accepted_at"])
    note(locked, "outbox.replayed", by=by, reason=reason)
    ring_on_commit()
    return locked


@transaction.atomic
def replay_all(*, code: str, by: User, reason: str, at: datetime) -> int:
    """Try again what waits for a person for one reason, the oldest first; returns how many.

    Locks them. One that somebody else has decided meanwhile is left as it is.
    """
    count = 0
    for message in queries.waiting_for(code):
        with suppress(MessageNotWaiting), transaction.atomic():
            replay(message=message, by=by, reason=reason, at=at)
            count += 1
    return count


@transaction.atomic
def withdraw(*, message: OutboxMessage, by: User, reason: str, at: datetime) -> OutboxMessage:
    """Never send a message that waits for a person, who answers for it that nothing was applied.

    The next of its order may go then. Locks the message. Raises MessageNotWaiting.
    """
    locked = waiting(message)
    return end(locked, OutboxState.WITHDRAWN, "outbox.withdrawn", by=by, reason=reason, at=at)


@transaction.atomic
def confirm(
    *, message: OutboxMessage, reference: str, by: User, reason: str, at: datetime
) -> OutboxMessage:
    """Take a message of unknown outcome for applied, as a person found it: under this reference.

    The nightly reconciliation will look whether it is there. Locks the message. Raises
    MessageNotWaiting, ReferenceMissing.
    """
    if not reference.strip():
        raise ReferenceMissing("Say under which reference the destination holds it.")
    locked = waiting(message)
    if locked.state != OutboxState.UNKNOWN:
        raise MessageNotWaiting("The destination has said that it did not apply this message.")
    locked.partner_reference = reference
    return end(locked, OutboxState.CONFIRMED, "outbox.confirmed", by=by, reason=reason, at=at)


def waiting(message: OutboxMessage) -> OutboxMessage:
    """The message's row, locked. Raises MessageNotWaiting."""
    locked = (
        OutboxMessage.objects.select_related("destination")
        .select_for_update(of=("self",))
        .get(pk=message.pk)
    )
    if not locked.waits_for_a_person:
        state = OutboxState(locked.state).label.lower()
        raise MessageNotWaiting(f"This message does not wait for a person: it is {state}.")
    return locked


def end(
    locked: OutboxMessage, state: OutboxState, verb: str, *, by: User, reason: str, at: datetime
) -> OutboxMessage:
    """Let a message be done, by a person's word."""
    locked.state, locked.settled_at = state, at
    locked.save(update_fields=["state", "settled_at", "partner_reference"])
    tell(locked.pk, correlation_id=locked.correlation_id)
    note(locked, verb, by=by, reason=reason)
    ring_on_commit()
    return locked


def note(message: OutboxMessage, verb: str, *, by: User, reason: str) -> None:
    """Append to the chain of its destination what a person did with a message."""
    audit.record(
        chain=f"source:{message.destination.name}",
        verb=verb,
        subject=f"outbox:{message.public_id}",
        by=by,
        reason=reason,
        state=message.state,
        code=message.code,
        reference=message.partner_reference,
        total=str(message.total),
        currency=message.currency,
    )


def ring_on_commit() -> None:
    """Wake a worker once this transaction has committed, and once only."""
    if not any(hook[1] is ring for hook in connection.run_on_commit):
        transaction.on_commit(ring)


def ring() -> None:
    """Wake a worker. Without a broker the next sweep finds the message."""
    with suppress(OperationalError):
        deliver.delay()
