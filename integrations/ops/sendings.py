"""Messages of the outbox as the operators' pages show them: never what exactly they ask for."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from billing_portal.kernel.pure.wording import money
from integrations.outbox.lifecycle import Act, Answer, Kind, OutboxState
from integrations.outbox.models import Attempt, OutboxMessage

TONES = {
    OutboxState.PENDING: "info",
    OutboxState.LEASED: "info",
    OutboxState.SENT: "info",
    OutboxState.UNKNOWN: "warn",
    OutboxState.CONFIRMED: "good",
    OutboxState.REJECTED: "bad",
    OutboxState.DEAD: "bad",
    OutboxState.WITHDRAWN: "",
}
ANSWER_TONES = {
    Answer.CONFIRMED: "good",
    Answer.ACCEPTED: "good",
    Answer.REFUSED: "bad",
    Answer.NOT_REACHED: "warn",
    Answer.THROTTLED: "warn",
    Answer.UNKNOWN: "warn",
}


@dataclass(frozen=True, slots=True)
class SendingRow:
    """One message of the list."""

    url: str
    kind: str
    destination: str
    total: str
    order_key: str
    position: int
    state: str
    tone: str
    waits_for_a_person: bool
    attempts: int
    reference: str
    words: str
    added_at: datetime
    due_at: datetime | None
    correlation_id: str


@dataclass(frozen=True, slots=True)
class TryRow:
    """One call."""

    number: int
    act: str
    answer: str
    tone: str
    words: str
    reference: str
    milliseconds: int
    at: datetime


def sending_row(message: OutboxMessage) -> SendingRow:
    """A message as a row."""
    state = OutboxState(message.state)
    return SendingRow(
        url=reverse("ops:sending", args=[message.public_id]),
        kind=Kind(message.kind).label,
        destination=message.destination.label,
        total=money(message.total, message.currency, base=settings.BASE_CURRENCY),
        order_key=message.order_key,
        position=message.position,
        state=state.label,
        tone=TONES[state],
        waits_for_a_person=message.waits_for_a_person,
        attempts=message.attempts,
        reference=message.partner_reference,
        words=message.words or message.code,
        added_at=message.added_at,
        due_at=message.due_at,
        correlation_id=message.correlation_id,
    )


def try_row(row: Attempt) -> TryRow:
    """A call as a row."""
    answer = Answer(row.answer)
    return TryRow(
        number=row.number,
        act=Act(row.act).label,
        answer=answer.label,
        tone=ANSWER_TONES.get(answer, ""),
        words=row.words,
        reference=row.reference,
        milliseconds=row.milliseconds,
        at=row.at,
    )
