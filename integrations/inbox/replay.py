"""Reading stored messages again, with today's reader and today's crosswalks.

What is held stays held. Members that could not be read then and can be now go in, claims move to
whom the crosswalks say today, pieces that are read now wait no more. Everything else that differs
is reported and left to a person.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from integrations.canonical.models import Source
from integrations.inbox.applying import NOTHING, events_of, status_of
from integrations.inbox.models import Message, MessagePart, MessageStatus, PartStatus, Quarantined
from integrations.inbox.parts import apply_part, keep, set_aside
from integrations.inbox.runs import Aside, Part, Run, aside_of, header_of
from integrations.ports.totals import Totals

RESOLUTION = "Read by a replay."
UNREAD = Q(status=MessageStatus.RECEIVED) | Q(status=MessageStatus.INCIDENT, parts=None)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a message reads otherwise than it did. `part` 0: outside of its parts.

    `added`: adjudications that went in now; `moved`: claims that changed payer or facility;
    `resolved`, `set_aside`: pieces that wait no more, or newly do.
    """

    message: Message
    part: int
    status: str
    added: int = 0
    moved: int = 0
    resolved: int = 0
    set_aside: int = 0


@dataclass(slots=True)
class Replayed:
    """What a message's replay came to."""

    totals: Totals = field(default_factory=Totals)
    problems: list[Aside] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def replayable(*, source: Source, since: datetime | None) -> QuerySet[Message]:
    """The messages of a source that were read before, oldest first.

    Not those that still wait, nor one whose id had come with other content.
    """
    messages = Message.objects.filter(source=source).exclude(UNREAD)
    if since is not None:
        messages = messages.filter(received_at__gte=since)
    return messages.select_related("source").order_by("pk").distinct()


def replay(*, message: Message, by: User, correlation_id: str) -> list[Difference]:
    """Read one message again; what differs is written and returned.

    Each part is a transaction of its own, which locks the message.
    """
    replayed = Replayed()
    run = Run(
        message=message,
        by=by,
        guard=locking(message),
        correlation_id=correlation_id,
        keep=lambda run, part: compare(run, part, into=replayed),
        rescopes=True,
    )
    ordinal, events = 0, events_of(message)
    for event in events:
        if header := header_of(event):
            ordinal += 1
            apply_part(run, ordinal=ordinal, header=header, events=events)
        elif aside := aside_of(event):
            replayed.problems.append(aside)
    if not ordinal and not replayed.problems:
        replayed.problems.append(NOTHING)
    settle(run, replayed)
    return replayed.differences


def locking(message: Message) -> Callable[[], None]:
    """A guard that locks the message's row."""

    def lock() -> None:
        Message.objects.select_for_update().get(pk=message.pk)

    return lock


def compare(run: Run, part: Part, *, into: Replayed) -> None:
    """Note what a part is now that it was not; write its row only then."""
    row = MessagePart.objects.filter(message=run.message, ordinal=part.ordinal).first()
    resolved = resolve(run.message, part.asides, part_ordinal=part.ordinal)
    fresh = len(unknown(run.message, part.asides))
    applied = part.applied
    is_other = row is None or standing(row.status) != standing(part.status)
    difference = Difference(
        message=run.message,
        part=part.ordinal,
        status=part.status,
        added=applied.added if applied else 0,
        moved=applied.moved if applied else 0,
        resolved=resolved,
        set_aside=fresh,
    )
    if is_other or difference.added:
        keep(run, part)
    else:
        set_aside(run.message, part.asides, part_ordinal=part.ordinal)
    if is_other or difference.added or difference.moved or resolved or fresh:
        into.differences.append(difference)


def standing(status: str) -> str:
    """What was applied once is a duplicate when it is read again: both stand for “held”."""
    return PartStatus.APPLIED if status == PartStatus.DUPLICATE else status


def resolve(message: Message, asides: list[Aside], *, part_ordinal: int) -> int:
    """Close the pieces of a part that do not wait any more; returns how many."""
    still = {(aside.position, aside.code) for aside in asides}
    waiting = Quarantined.objects.select_for_update().filter(
        message=message, part_ordinal=part_ordinal, resolved_at=None
    )
    read = [row.pk for row in waiting if (row.position, row.reason_code) not in still]
    return Quarantined.objects.filter(pk__in=read).update(resolved_at=Now(), resolution=RESOLUTION)


def unknown(message: Message, asides: list[Aside]) -> list[Aside]:
    """The pieces that have no row yet."""
    rows = set(message.quarantined.values_list("position", "reason_code"))
    return [aside for aside in asides if (aside.position, aside.code) not in rows]


@transaction.atomic
def settle(run: Run, replayed: Replayed) -> None:
    """Bring the message's own row up to date, and record that it was replayed. Locks it."""
    run.guard()
    message, problems = run.message, replayed.problems
    resolved = resolve(message, problems, part_ordinal=0)
    fresh = len(unknown(message, problems))
    set_aside(message, problems)
    totals = Totals()
    for part in message.parts.order_by("ordinal"):
        totals.add(Totals.from_json(part.totals))
    totals.set_aside = message.quarantined.filter(resolved_at=None).count()
    status = status_of(message, totals)
    Message.objects.filter(pk=message.pk).update(
        status=status, totals=totals.as_json(), applied_at=Now(), error=""
    )
    if resolved or fresh:
        replayed.differences.append(
            Difference(message, 0, status, resolved=resolved, set_aside=fresh)
        )
    record(run, replayed, status=status)


def record(run: Run, replayed: Replayed, *, status: MessageStatus) -> None:
    """Append the replay to the source's chain."""
    found = replayed.differences
    audit.record(
        chain=f"source:{run.message.source.name}",
        verb="message.replayed",
        subject=f"message:{run.message.pk}",
        by=run.by,
        reason="a stored message was read again",
        status=status,
        added=sum(each.added for each in found),
        moved=sum(each.moved for each in found),
        resolved=sum(each.resolved for each in found),
        set_aside=sum(each.set_aside for each in found),
    )
