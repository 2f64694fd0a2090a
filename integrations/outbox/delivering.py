"""From messages to receipts: claim in one transaction, call outside of any, settle in another."""

import logging
from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from integrations.outbox import leases
from integrations.outbox.connecting import leave_transactions, settings_of
from integrations.outbox.leases import Lease, LeaseLost
from integrations.outbox.lifecycle import (
    Act,
    Said,
    Standing,
    Verdict,
    after_finding,
    after_sending,
    answer_of,
    code_of,
    words_of,
)
from integrations.outbox.models import OutboxMessage
from integrations.outbox.settling import Try, give_up, heed, settle
from integrations.ports.commands import (
    TARGETS,
    NotReached,
    OutcomeUnknown,
    Receipt,
    TargetFailure,
    TargetSettings,
    Throttled,
    decode,
)

log = logging.getLogger(__name__)

TURN = 60.0  # seconds after which a worker does something else


def deliver_due(*, limit: int) -> int:
    """Deliver what is due until nothing is, so many were tried or it is another task's turn.

    Returns how many were tried.
    """
    give_up()
    until = monotonic() + TURN
    for count in range(limit):
        if monotonic() > until or not deliver_next():
            return count
    return limit


def deliver_next() -> bool:
    """Try the message that is due longest; False when none is. Never raises what a target raised.

    A worker that was overtaken meanwhile leaves nothing behind.
    """
    lease = leases.take()
    if lease is None:
        return False
    message = OutboxMessage.objects.select_related("destination").get(pk=lease.message_id)
    try:
        deliver(lease, message)
    except LeaseLost:
        log.warning("outbox message %s was taken over by another worker", message.pk)
    return True


def deliver(lease: Lease, message: OutboxMessage) -> None:
    """Look a message up if it is in doubt, send it unless it is there, and write down both.

    Raises LeaseLost.
    """
    standing = Standing(
        total=message.total,
        attempts=lease.attempts,
        accepted_for=lease.accepted_for,
        request_limit=message.destination.request_limit_seconds,
        retry=message.destination.retry_seconds,
    )
    tries: list[Try] = []
    verdict = None
    if lease.is_in_doubt:
        verdict = after_finding(call(message, Act.FIND, tries), standing)
    if verdict is None:
        leases.renew(lease)
        verdict = after_sending(call(message, Act.SEND, tries), standing)
    settle(lease, message, verdict, tries)
    heed(message.destination_id, tries[-1])


def call(message: OutboxMessage, act: Act, tries: list[Try]) -> Said:
    """Ask the destination, outside of any transaction, and note what it said."""
    began = monotonic()
    said = answered(ready(message, act))
    tries.append(
        Try(
            act=act,
            answer=answer_of(said),
            milliseconds=int((monotonic() - began) * 1000),
            code=code_of(said),
            words=words_of(said),
            reference=said.reference if isinstance(said, Receipt) else "",
            retry_after=said.retry_after if isinstance(said, Throttled) else None,
        )
    )
    return said


def answered(ask: Callable[[], Said] | TargetFailure) -> Said:
    """What a target returned or raised. What it raises unforeseen tells nothing of the outcome."""
    if isinstance(ask, TargetFailure):
        return ask
    leave_transactions()
    try:
        return ask()
    except TargetFailure as failure:
        return failure
    except Exception as failure:  # noqa: BLE001 -- a target's mistake must not stop the others
        kind = type(failure).__name__
        log.error("a target failed unforeseen: %s", kind)  # noqa: TRY400 -- no words of a partner
        return OutcomeUnknown(f"The target failed ({kind}).")


def ready(message: OutboxMessage, act: Act) -> Callable[[], Said] | TargetFailure:
    """The call, ready to be made; a failure when it cannot be: then surely nothing was sent."""
    try:
        target = TARGETS.get(message.destination.target)
        settings = ending(settings_of(message.destination))
        command = decode(message.payload)
    except Exception as failure:  # noqa: BLE001 -- a poison message must not stop the others
        kind = type(failure).__name__
        log.error("outbox message %s cannot be sent: %s", message.pk, kind)  # noqa: TRY400
        return NotReached(f"It cannot be sent ({kind}).")
    ask = target.send if act is Act.SEND else target.find
    return lambda: ask(command, key=message.key, settings=settings)


def ending(settings: TargetSettings) -> TargetSettings:
    """Settings of one act: all its calls together have the time that the lease counts for one."""
    return replace(settings, until=monotonic() + settings.read_seconds)


__all__ = ["Verdict", "deliver_due", "deliver_next"]
