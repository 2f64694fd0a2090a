"""One part of a message: its effect, its row, what it set aside and its audit event.

A part is a transaction (ST to SE) or a document. It is one database transaction. The connector is
pure, so reading on inside of it waits for nobody.
"""

from collections.abc import Iterator

from django.db import transaction

from billing_portal.audit import services as audit
from integrations.canonical.apply import deposits, purchasing
from integrations.canonical.apply.transactions import (
    Application,
    Applied,
    Context,
    Effect,
    TransactionRefused,
)
from integrations.inbox import ledgers, reports
from integrations.inbox.models import Message, MessagePart, PartStatus, Quarantined
from integrations.inbox.runs import LIFE, Aside, Header, Part, Run, aside_of, sign_of_life, skip
from integrations.ports.acknowledgements import ReportFact
from integrations.ports.deposits import DepositListFact
from integrations.ports.facts import RemittanceFact
from integrations.ports.ledgers import LedgerFact
from integrations.ports.protocols import ClaimRead, Event, TransactionClosed
from integrations.ports.totals import Totals

STATUS = {
    Effect.APPLIED: PartStatus.APPLIED,
    Effect.DUPLICATE: PartStatus.DUPLICATE,
    Effect.INCIDENT: PartStatus.INCIDENT,
}
INCIDENT = "document_incident"
PAYMENT_INCIDENT = "remittance_incident"
UNFIT = "claim_refused"


@transaction.atomic
def apply_part(run: Run, *, ordinal: int, header: Header, events: Iterator[Event]) -> Part:
    """Apply one transaction or document of a message, reading `events` to its end.

    Locks the message. Raises what the run's guard raises; then nothing is written.
    """
    run.guard()
    part = Part(ordinal, header)
    try:
        with transaction.atomic():
            part.applied = take_in(part, header, run.context(), events)
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


def take_in(part: Part, header: Header, context: Context, events: Iterator[Event]) -> Applied:
    """Give a part to the records of its kind. Raises TransactionRefused."""
    if isinstance(header, RemittanceFact):
        return feed_in(part, header, context, events)
    if isinstance(header, ReportFact):
        return reports.feed_in(part, context, events)
    if isinstance(header, LedgerFact):
        return ledgers.feed_in(part, header, context, events)
    part.totals.lines = len(header.lines)
    if isinstance(header, DepositListFact):
        return deposits.keep_deposits(header, context)
    return purchasing.keep_document(header, context)


def feed_in(
    part: Part, header: RemittanceFact, context: Context, events: Iterator[Event]
) -> Applied:
    """Give a remittance's claims to the records, up to its end. Raises TransactionRefused."""
    try:
        application = Application(header, context)
    except TransactionRefused:
        skip(header, events, sign_of_life)
        raise
    for count, event in enumerate(events):
        if count % LIFE == 0:
            sign_of_life()
        if isinstance(event, ClaimRead):
            if application.add(event.claim):
                part.totals.take(event.claim, paid_on=part.paid_on)
        elif isinstance(event, TransactionClosed):
            part.totals.plb_total += event.provider_adjustment_total
            part.totals.unbalanced_transactions += not event.is_balanced or event.is_truncated
            return application.close(event)
        elif aside := aside_of(event):
            part.asides.append(aside)
    raise AssertionError("A connector closes every transaction that it opens.")


def conclude(part: Part, applied: Applied) -> None:
    """Count what an applied transaction came to; an incident's claims did not go in."""
    part.status = STATUS[applied.effect]
    if applied.effect is Effect.INCIDENT:
        is_payment = isinstance(part.header, RemittanceFact)
        code = PAYMENT_INCIDENT if is_payment else INCIDENT
        refuse(part, incident_reason(part, applied), code=code)
        part.status = PartStatus.INCIDENT
        return
    for refused in applied.refused:
        fact = refused.fact
        if refused.was_staged:
            part.totals.take(fact, paid_on=part.paid_on, times=-1)
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


def incident_reason(part: Part, applied: Applied) -> str:
    """What contradicts what, without patient data."""
    held = f"; {applied.missing} of its claims are not in this file" if applied.missing else ""
    name = "Payment" if isinstance(part.header, RemittanceFact) else part.header.label.capitalize()
    return (
        f"{name} {part.number} is held with other content{held}. Nothing of it was"
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
        reason=part.name,
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
