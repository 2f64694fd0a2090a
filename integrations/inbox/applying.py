"""From stored bytes to records: a message's parts, each applied once.

A part that has its row is not applied again, so a message whose worker was killed goes on where it
stopped; what it comes to is the sum of its parts' rows.
"""

import logging
from collections.abc import Iterator

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from integrations.inbox import leases
from integrations.inbox.contents import chunks_of
from integrations.inbox.leases import Lease
from integrations.inbox.models import Message, MessageStatus, PartStatus
from integrations.inbox.parts import apply_part, keep, set_aside
from integrations.inbox.runs import Aside, Run, aside_of, header_of, skip
from integrations.ports.protocols import CONNECTORS, Event
from integrations.ports.totals import Totals

log = logging.getLogger(__name__)

NOTHING = Aside(0, 0, "", "nothing_readable", "Nothing in this message could be read.")


def apply_message(*, message_pk: int, by: User) -> Message:
    """Apply a message that waits, and return it as it stands then.

    One that is applied already, or that another worker holds, is returned as it is. When applying
    fails, the message waits for its next attempt and the failure rises.
    """
    lease = leases.take(message_pk=message_pk)
    if lease is not None:
        work(lease, by=by)
    return Message.objects.select_related("source").get(pk=message_pk)


def apply_next(*, by: User) -> bool:
    """Apply the message that waits longest with fewest attempts; False when none waits.

    A failure is noted on the message, which waits longer each time, and costs the others nothing.
    """
    lease = leases.take()
    if lease is None:
        return False
    try:
        work(lease, by=by)
    except Exception as failure:  # noqa: BLE001 -- a poison message must not stop the sweep
        log.error(  # noqa: TRY400 -- a traceback would hold what the message says
            "message %s failed at attempt %s: %s",
            lease.message_id,
            lease.attempts,
            type(failure).__name__,
        )
    return True


def work(lease: Lease, *, by: User) -> None:
    """Apply a leased message's parts and settle it. Whatever rises gives the message back first."""
    message = Message.objects.select_related("source").get(pk=lease.message_id)
    run = Run(
        message=message,
        by=by,
        guard=lambda: leases.hold(lease),
        correlation_id=message.correlation_id,
        keep=keep,
    )
    try:
        totals, problems = read_through(run)
        settle(lease, run, totals, problems)
    except Exception as failure:
        leases.give_back(lease, error=type(failure).__name__)
        raise


def read_through(run: Run) -> tuple[Totals, list[Aside]]:
    """Apply every part that has no row yet; returns the message's sum and what stood outside."""
    done = {part.ordinal: part.totals for part in run.message.parts.order_by("ordinal")}
    totals, problems, ordinal = Totals(), [], 0
    events = events_of(run.message)
    for event in events:
        if header := header_of(event):
            ordinal += 1
            if ordinal in done:
                skip(header, events, lambda: renew(run))
                totals.add(Totals.from_json(done[ordinal]))
            else:
                part = apply_part(run, ordinal=ordinal, header=header, events=events)
                totals.add(part.totals)
        elif aside := aside_of(event):  # also each claim under a header that cannot be read
            problems.append(aside)
    if not totals.transactions and not problems:
        problems.append(NOTHING)
    totals.set_aside += len(problems)
    return totals, problems


@transaction.atomic
def renew(run: Run) -> None:
    """Keep the message while its finished parts are read over. Raises what the guard raises."""
    run.guard()


def events_of(message: Message) -> Iterator[Event]:
    """A message as its connector reads it."""
    return CONNECTORS.get(message.source.connector).read(chunks_of(message))


@transaction.atomic
def settle(lease: Lease, run: Run, totals: Totals, problems: list[Aside]) -> None:
    """End the work on a message: its status, its sum, what stood outside of its parts."""
    leases.hold(lease)
    set_aside(run.message, problems)
    status = status_of(run.message, totals)
    leases.settle(lease, status=status, totals=totals.as_json())
    audit.record(
        chain=f"source:{run.message.source.name}",
        verb=f"message.{status}",
        subject=f"message:{run.message.pk}",
        by=run.by,
        reason="every part of the message was read",
        transactions=totals.transactions,
        claims=totals.claims,
        quarantined=totals.set_aside,
    )


def status_of(message: Message, totals: Totals) -> MessageStatus:
    """How far a message came, by its parts."""
    if not totals.transactions:
        return MessageStatus.REFUSED
    if message.parts.filter(status=PartStatus.INCIDENT).exists():
        return MessageStatus.INCIDENT
    return MessageStatus.PARTLY if totals.set_aside else MessageStatus.APPLIED
