"""Messages as the operators' pages show them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse

from billing_portal.kernel.pure.wording import money
from integrations.inbox.models import Message, MessagePart, MessageStatus, PartStatus, Quarantined

TONES = {
    MessageStatus.RECEIVED: "info",
    MessageStatus.APPLIED: "good",
    MessageStatus.PARTLY: "warn",
    MessageStatus.REFUSED: "bad",
    MessageStatus.INCIDENT: "bad",
    MessageStatus.DEAD: "bad",
}
PART_TONES = {PartStatus.APPLIED: "good", PartStatus.DUPLICATE: "", PartStatus.INCIDENT: "bad"}


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of the list."""

    url: str
    filename: str
    source: str
    received_at: datetime
    received_by: str
    status: str
    tone: str
    attempts: int
    size: int
    claims: str
    paid: str
    correlation_id: str
    error: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """One transaction of a message."""

    ordinal: int
    position: int
    status: str
    tone: str
    trace: str
    claims: str
    paid: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece that was set aside."""

    message_url: str
    filename: str
    source: str
    position: int
    claim: str
    reason: str
    set_aside_at: datetime
    resolution: str


def message_row(message: Message) -> MessageRow:
    """A message as a row."""
    status = MessageStatus(message.status)
    totals, currency = message.totals, message.source.currency
    return MessageRow(
        url=reverse("ops:message", args=[message.public_id]),
        filename=message.filename or "sent without a name",
        source=message.source.label,
        received_at=message.received_at,
        received_by=str(message.received_by),
        status=status.label,
        tone=TONES[status],
        attempts=message.attempts,
        size=message.size,
        claims=_count(totals, "claims"),
        paid=_amount(totals, "paid", currency),
        correlation_id=message.correlation_id,
        error=message.error,
    )


def part_row(part: MessagePart, currency: str) -> PartRow:
    """A part as a row."""
    status = PartStatus(part.status)
    return PartRow(
        ordinal=part.ordinal,
        position=part.position,
        status=status.label,
        tone=PART_TONES[status],
        trace=part.remittance.trace_number if part.remittance else "",
        claims=_count(part.totals, "claims"),
        paid=_amount(part.totals, "paid", currency),
    )


def piece(row: Quarantined) -> Piece:
    """A piece as a row. It names the claim by its control number, never the patient."""
    return Piece(
        message_url=reverse("ops:message", args=[row.message.public_id]),
        filename=row.message.filename or "sent without a name",
        source=row.message.source.label,
        position=row.position,
        claim=row.claim,
        reason=row.reason,
        set_aside_at=row.quarantined_at,
        resolution=row.resolution,
    )


def total_lines(message: Message) -> list[tuple[str, str]]:
    """A message's totals in words."""
    totals, currency = message.totals, message.source.currency
    if not totals:
        return []
    return [
        ("Transactions", _count(totals, "transactions")),
        ("Claims", _count(totals, "claims")),
        ("Already held", _count(totals, "duplicates")),
        ("Set aside", _count(totals, "set_aside")),
        ("Reversals", _count(totals, "reversals")),
        ("Unbalanced", _count(totals, "unbalanced_transactions")),
        ("Charged", _amount(totals, "charge", currency)),
        ("Paid", _amount(totals, "paid", currency)),
        ("Provider adjustments", _amount(totals, "plb_total", currency)),
    ]


def _count(totals: dict[str, Any], name: str) -> str:
    return f"{totals[name]:,}" if name in totals else "—"


def _amount(totals: dict[str, Any], name: str, currency: str) -> str:
    if name not in totals:
        return "—"
    return money(Decimal(str(totals[name])), currency, base=settings.BASE_CURRENCY)
