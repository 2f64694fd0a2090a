"""What an answer means for a message: states, answers, and the one table between them. Pure.

The rules (R2–R6): what was surely not applied is sent again, up to five times; what may have been
applied is looked up under our key once the destination cannot be working on it any more, and sent
again only when it is surely not there. Whatever cannot be told ends before a person.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from django.db import models

from integrations.ports.commands import (
    CommandKind,
    NotReached,
    OutcomeUnknown,
    Receipt,
    ReceiptState,
    Refused,
    TargetFailure,
    Throttled,
)

ATTEMPTS = 5
SLOWER = 4  # each wait after an attempt is so many times the one before
POLL = 300  # seconds between two looks at what was accepted and not confirmed yet
MARGIN = 5  # seconds beyond a destination's own limit
PATIENCE = 2 * 86_400  # seconds in which what was accepted is confirmed
LONGEST = 500  # characters kept of a destination's words
LONGEST_CODE = 60
NO_SLUG = re.compile(r"[^a-z0-9_]+")


class OutboxState(models.TextChoices):
    """How far a message has come."""

    PENDING = "pending", "Waiting to be sent"
    LEASED = "leased", "Being sent"
    SENT = "sent", "Accepted, not confirmed yet"
    UNKNOWN = "unknown", "Outcome unknown"
    CONFIRMED = "confirmed", "Confirmed"
    REJECTED = "rejected", "Rejected"
    DEAD = "dead", "Given up"
    WITHDRAWN = "withdrawn", "Withdrawn"


FINAL = frozenset({OutboxState.CONFIRMED, OutboxState.WITHDRAWN})
"""Nothing follows, and the next of the same order may go."""
REPLAYABLE = frozenset({OutboxState.REJECTED, OutboxState.DEAD, OutboxState.UNKNOWN})


class Kind(models.TextChoices):
    """The kinds of command, in words."""

    POST_JOURNAL = CommandKind.POST_JOURNAL.value, "Post a journal"
    RELEASE_INVOICE = CommandKind.RELEASE_INVOICE.value, "Release an invoice"
    REQUEST_PAYMENT = CommandKind.REQUEST_PAYMENT.value, "Request a payment"


class Act(models.TextChoices):
    """What a call was for."""

    SEND = "send", "Sent"
    FIND = "find", "Looked up"


class Answer(models.TextChoices):
    """What a call came to."""

    CONFIRMED = "confirmed", "Confirmed"
    ACCEPTED = "accepted", "Accepted"
    DRAFT = "draft", "A draft is there"
    ABSENT = "absent", "Not there"
    REFUSED = "refused", "Refused"
    NOT_REACHED = "not_reached", "Not reached"
    THROTTLED = "throttled", "Asked too often"
    UNKNOWN = "unknown", "No telling"


Said: TypeAlias = Receipt | TargetFailure | None
"""What a target returned or raised; None: nothing is there."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a message when a call to its destination has ended. Times are in seconds.

    `accepted_for` is since when its destination has it; None: it never said so.
    """

    total: Decimal
    attempts: int
    accepted_for: float | None
    request_limit: int
    retry: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message becomes. `wait` is in seconds; None: nobody looks at it by itself."""

    state: OutboxState
    wait: float | None = None
    code: str = ""
    words: str = ""
    reference: str = ""

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self.state in FINAL

    @property
    def is_accepted(self) -> bool:
        """Whether the destination has it and will confirm it."""
        return self.state is OutboxState.SENT

    @property
    def is_news(self) -> bool:
        """Whether whoever asked for it wants to hear: not while it merely waits to be tried."""
        return self.state is not OutboxState.PENDING


def answer_of(said: Said) -> Answer:
    """What was said, as one of the answers."""
    if said is None:
        return Answer.ABSENT
    if isinstance(said, Receipt):
        return Answer(said.state.value)
    for failure, answer in ANSWERS.items():
        if isinstance(said, failure):
            return answer
    return Answer.UNKNOWN


ANSWERS = {
    Refused: Answer.REFUSED,
    NotReached: Answer.NOT_REACHED,
    Throttled: Answer.THROTTLED,
    OutcomeUnknown: Answer.UNKNOWN,
}


def after_sending(said: Said, standing: Standing) -> Verdict:
    """What a message becomes after it was sent."""
    match said:
        case Receipt():
            return after_receipt(said, standing)
        case Refused():
            return Verdict(OutboxState.REJECTED, code=code_of(said), words=words_of(said))
        case NotReached() | Throttled():
            return not_applied(said, standing)
        case _:
            return in_doubt(said, standing, wait=standing.request_limit + MARGIN)


def after_finding(said: Said, standing: Standing) -> Verdict | None:
    """What a message becomes after it was looked up; None: it is to be sent (again)."""
    if said is None and standing.accepted_for is not None:
        words = "It was accepted, and is not there any more."
        return Verdict(OutboxState.UNKNOWN, code="vanished", words=words)
    if said is None or (isinstance(said, Receipt) and said.state is ReceiptState.DRAFT):
        return None
    if isinstance(said, Receipt):
        return after_receipt(said, standing)
    return in_doubt(said, standing, wait=pause(said, standing))


def after_receipt(receipt: Receipt, standing: Standing) -> Verdict:
    """What a message becomes whose destination says what it holds."""
    if receipt.total != standing.total:
        words = f"It holds {receipt.total}, and was to hold {standing.total}."
        return Verdict(OutboxState.UNKNOWN, None, "other_total", words, receipt.reference)
    if receipt.state is ReceiptState.CONFIRMED:
        return Verdict(OutboxState.CONFIRMED, reference=receipt.reference)
    if receipt.state is ReceiptState.DRAFT:
        return in_doubt(receipt, standing, wait=standing.request_limit + MARGIN)
    if (standing.accepted_for or 0) > PATIENCE:
        words = "It was accepted, and is not confirmed yet."
        return Verdict(OutboxState.UNKNOWN, None, "never_confirmed", words, receipt.reference)
    return Verdict(OutboxState.SENT, POLL, "accepted", reference=receipt.reference)


def not_applied(said: TargetFailure, standing: Standing) -> Verdict:
    """It was surely not applied: again later, or given up."""
    code, words = code_of(said), words_of(said)
    if standing.attempts >= ATTEMPTS:
        return Verdict(OutboxState.DEAD, None, code, words)
    return Verdict(OutboxState.PENDING, pause(said, standing), code, words)


def in_doubt(said: Said, standing: Standing, *, wait: float) -> Verdict:
    """It may have been applied: looked up later, or left to a person."""
    is_left = standing.attempts >= ATTEMPTS
    code, words = code_of(said), words_of(said)
    return Verdict(OutboxState.UNKNOWN, None if is_left else wait, code, words)


def pause(said: Said, standing: Standing) -> float:
    """How long to wait before the next attempt: what the destination asks, or ours."""
    asked = said.retry_after if isinstance(said, Throttled) else None
    return max(asked or 0.0, float(standing.retry * SLOWER ** (standing.attempts - 1)))


def code_of(said: Said) -> str:
    """Why, for programs and addresses: the destination's own code when it refused, else ours."""
    if isinstance(said, Refused):
        return NO_SLUG.sub("_", said.code.lower()).strip("_")[:LONGEST_CODE] or "refused"
    return answer_of(said).value


def words_of(said: Said) -> str:
    """What was said, in the destination's words."""
    return str(said)[:LONGEST] if isinstance(said, TargetFailure) else ""
