"""One part of a message (ST to SE): its effect, its row, what it set aside and its audit event.

They are one database transaction. The connector is pure, so reading on inside of it waits for
nobody.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection, transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from integrations.canonical.apply.transactions import (
    Application,
    Applied,
    Context,
    Effect,
    TransactionRefused,
)
from integrations.inbox.models import Message, MessagePart, PartStatus, Quarantined
from integrations.ports.facts import RemittanceFact
from integrations.ports.protocols import (
    ClaimQuarantined,
    ClaimRead,
    Event,
    MessageProblem,
    TransactionClosed,
)
from integrations.ports.totals import Totals

STATUS = {
    Effect.APPLIED: PartStatus.APPLIED,
    Effect.DUPLICATE: PartStatus.DUPLICATE,
    Effect.INCIDENT: PartStatus.INCIDENT,
}
INCIDENT = "remittance_incident"
UNFIT = "claim_refused"
LIFE = 5_000  # claims between two signs of life


@dataclass(frozen=True, slots=True)
class Aside:
    """A piece that waits for a person."""

    position: int
    byte_offset: int
    claim: str
    code: str
    reason: str


@dataclass(slots=True)
class Part:
    """What one part came to."""

    ordinal: int
    header: RemittanceFact
    status: PartStatus = PartStatus.REFUSED
    applied: Applied | None = None
    totals: Totals = field(default_factory=Totals)
    asides: list[Aside] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over a message.

    `guard` is called first in every transaction: it locks the message and raises when another
    worker has it. `correlation_id` names what the pass leads to. `keep` writes what a part came to.
    `rescopes`: claims that are held move to whom today's crosswalks say (a replay).
    """

    message: Message
    by: User
    guard: Callable[[], None]
    correlation_id: str
    keep: Callable[["Run", "Part"], None]
    rescopes: bool = False

    def context(self) -> Context:
        """On whose behalf its transactions are applied."""
        return Context(
            source=self.message.source,
            correlation_id=self.correlation_id,
            by=self.by,
            rescopes=self.rescopes,
        )


def aside_of(event: Event) -> Aside | None:
    """What a connector could not read, as a piece that waits; None for all else that it says."""
    if isinstance(event, ClaimQuarantined):
        claim = event.claim
    elif isinstance(event, MessageProblem) and event.is_fatal:
        claim = ""
    else:
        return None
    return Aside(event.position, event.byte_offset, claim, event.reason_code, event.reason)


@transaction.atomic
def apply_part(run: Run, *, ordinal: int, header: RemittanceFact, events: Iterator[Event]) -> Part:
    """Apply one transaction of a message, reading `events` to its end.

    Locks the message. Raises what the run's guard raises; then nothing is written.
    """
    run.guard()
    part = Part(ordinal, header)
    try:
        with transaction.atomic():
            part.applied = feed_in(part, run.context(), events)
            if part.applied.effect is Effect.INCIDENT:
                transaction.set_rollback(True)
    except TransactionRefused as refusal:
        refuse(part, str(refusal), code=refusal.code)
    else:
        conclude(part, part.applied)
    part.totals.transactions = 1
    part.totals.set_aside = len(part.asides)
    run.keep(run, part)
    return part


def feed_in(part: Part, context: Context, events: Iterator[Event]) -> Applied:
    """Give a transaction's claims to the records, up to its end. Raises TransactionRefused."""
    try:
        application = Application(part.header, context)
    except TransactionRefused:
        skip(events, sign_of_life)
        raise
    for count, event in enumerate(events):
        if count % LIFE == 0:
            sign_of_life()
        if isinstance(event, ClaimRead):
            if application.add(event.claim):
                part.totals.take(event.claim, paid_on=part.header.paid_on)
        elif isinstance(event, TransactionClosed):
            part.totals.plb_total += event.provider_adjustment_total
            part.totals.unbalanced_transactions += not event.is_balanced or event.is_truncated
            return application.close(event)
        elif aside := aside_of(event):
            part.asides.append(aside)
    raise AssertionError("A connector closes every transaction that it opens.")


def skip(events: Iterator[Event], sign: Callable[[], None]) -> None:
    """Read on to the end of a transaction without looking, giving a sign of life at times."""
    for count, event in enumerate(events):
        if count % LIFE == 0:
            sign()
        if isinstance(event, TransactionClosed):
            return


def sign_of_life() -> None:
    """Tell the database that reading goes on: it ends transactions that stand idle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def conclude(part: Part, applied: Applied) -> None:
    """Count what an applied transaction came to; an incident's claims did not go in."""
    part.status = STATUS[applied.effect]
    if applied.effect is Effect.INCIDENT:
        refuse(part, incident_reason(part.header, applied), code=INCIDENT)
        part.status = PartStatus.INCIDENT
        return
    for refused in applied.refused:
        fact = refused.fact
        if refused.was_staged:
            part.totals.take(fact, paid_on=part.header.paid_on, times=-1)
        part.asides.append(
            Aside(
                fact.position,
                fact.byte_offset,
                fact.patient_control_number[:200],
                UNFIT,
                refused.reason,
            )
        )
    part.totals.duplicates = applied.duplicates


def incident_reason(header: RemittanceFact, applied: Applied) -> str:
    """What contradicts what, without patient data."""
    held = f"; {applied.missing} of its claims are not in this file" if applied.missing else ""
    return (
        f"Payment {header.trace_number} is held with other content{held}. Nothing of it was"
        " applied: ask the sender which one is right."
    )


def refuse(part: Part, reason: str, *, code: str) -> None:
    """Set the transaction aside as a whole: none of its claims count as read."""
    part.status, part.totals = PartStatus.REFUSED, Totals()
    part.asides = [Aside(part.header.position, 0, "", code, reason)]


def keep(run: Run, part: Part) -> None:
    """Write the part's row, what it set aside, and the audit event."""
    row, _is_new = MessagePart.objects.update_or_create(
        message=run.message,
        ordinal=part.ordinal,
        defaults={
            "position": part.header.position,
            "status": part.status,
            "remittance_id": part.applied.remittance_id if part.applied else None,
            "totals": part.totals.as_json(),
        },
    )
    set_aside(run.message, part.asides, part_ordinal=part.ordinal)
    audit.record(
        chain=f"source:{run.message.source.name}",
        verb=f"transaction.{part.status}",
        subject=f"message:{run.message.pk}/{part.ordinal}",
        by=run.by,
        reason=f"remittance {part.header.trace_number}",
        remittance=row.remittance_id,
        claims=part.totals.claims,
        duplicates=part.totals.duplicates,
        quarantined=part.totals.set_aside,
    )


def set_aside(message: Message, asides: list[Aside], *, part_ordinal: int = 0) -> None:
    """Put pieces before a person; one that waits already waits on."""
    Quarantined.objects.bulk_create(
        (
            Quarantined(
                message=message,
                part_ordinal=part_ordinal,
                position=aside.position,
                byte_offset=aside.byte_offset,
                claim=aside.claim.replace("\0", "?"),
                reason_code=aside.code,
                reason=aside.reason.replace("\0", "?"),
            )
            for aside in asides
        ),
        ignore_conflicts=True,
    )
