"""An appeal's life as one table of moves. Pure: no database, no clock.

Preparing ends with READY: the letter is attested and the packet built. Any later change of what
goes out leads back to DRAFT, so what is sent is always what was attested.
"""

from dataclasses import dataclass

from django.db.models import TextChoices

from billing_portal.kernel.pure.errors import DomainError


class AppealStatus(TextChoices):
    """Where an appeal stands."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    READY = "ready", "Ready to send"
    SUBMITTED = "submitted", "Submitted"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    UNDER_REVIEW = "under_review", "Under the payer’s review"
    INFO_REQUESTED = "info_requested", "Payer wants more"
    DECIDED = "decided", "Decided"


class Outcome(TextChoices):
    """How an appeal was decided."""

    OVERTURNED_FULL = "overturned_full", "Overturned in full"
    OVERTURNED_PARTIAL = "overturned_partial", "Overturned in part"
    UPHELD = "upheld", "Upheld: the denial stands"
    DISMISSED = "dismissed", "Dismissed without a decision on its merits"
    WITHDRAWN = "withdrawn", "Withdrawn by us"


class AppealVerb(TextChoices):
    """What can be done to an appeal."""

    EDIT = "edit", "Changed"
    REVIEW = "review", "Given to review"
    SEND_BACK = "send_back", "Sent back"
    ATTEST = "attest", "Letter attested, packet built"
    SUBMIT = "submit", "Submitted"
    ACKNOWLEDGE = "acknowledge", "Receipt acknowledged"
    CONSIDER = "consider", "Taken up by the payer"
    ASK = "ask", "More information asked for"
    DECIDE = "decide", "Decided"
    WITHDRAW = "withdraw", "Withdrawn"


PREPARING = frozenset({AppealStatus.DRAFT, AppealStatus.IN_REVIEW, AppealStatus.READY})
IN_FLIGHT = frozenset(
    {
        AppealStatus.SUBMITTED,
        AppealStatus.ACKNOWLEDGED,
        AppealStatus.UNDER_REVIEW,
        AppealStatus.INFO_REQUESTED,
    }
)
OPEN = PREPARING | IN_FLIGHT
ATTESTED = IN_FLIGHT | {AppealStatus.READY}
OVERTURNED = frozenset({Outcome.OVERTURNED_FULL, Outcome.OVERTURNED_PARTIAL})
LEAVES_ROOM = frozenset({Outcome.UPHELD, Outcome.OVERTURNED_PARTIAL})
"""Outcomes after which a next level may be opened: something of the denial stands, by decision."""


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: from `sources` to `target`; `voids` what was attested and built."""

    sources: frozenset[AppealStatus]
    target: AppealStatus
    voids: bool = False


MOVES: dict[AppealVerb, Move] = {
    AppealVerb.EDIT: Move(PREPARING, AppealStatus.DRAFT, voids=True),
    AppealVerb.REVIEW: Move(frozenset({AppealStatus.DRAFT}), AppealStatus.IN_REVIEW),
    AppealVerb.SEND_BACK: Move(
        frozenset({AppealStatus.IN_REVIEW, AppealStatus.READY}), AppealStatus.DRAFT, voids=True
    ),
    AppealVerb.ATTEST: Move(
        frozenset({AppealStatus.DRAFT, AppealStatus.IN_REVIEW}), AppealStatus.READY
    ),
    AppealVerb.SUBMIT: Move(frozenset({AppealStatus.READY}), AppealStatus.SUBMITTED),
    AppealVerb.ACKNOWLEDGE: Move(frozenset({AppealStatus.SUBMITTED}), AppealStatus.ACKNOWLEDGED),
    AppealVerb.CONSIDER: Move(IN_FLIGHT - {AppealStatus.UNDER_REVIEW}, AppealStatus.UNDER_REVIEW),
    AppealVerb.ASK: Move(IN_FLIGHT - {AppealStatus.INFO_REQUESTED}, AppealStatus.INFO_REQUESTED),
    AppealVerb.DECIDE: Move(IN_FLIGHT, AppealStatus.DECIDED),
    AppealVerb.WITHDRAW: Move(OPEN, AppealStatus.DECIDED),
}


class AppealMoveRefused(DomainError):
    """Where the appeal stands does not allow what was asked."""

    code = "appeal_move_refused"


def may(verb: AppealVerb, status: AppealStatus) -> bool:
    """Whether an appeal in this state can take this verb."""
    return status in MOVES[verb].sources


def after(verb: AppealVerb, status: AppealStatus) -> AppealStatus:
    """The state a verb leads to. Raises AppealMoveRefused."""
    if not may(verb, status):
        message = f"An appeal that is “{status.label}” cannot become “{verb.label}”."
        raise AppealMoveRefused(message)
    return MOVES[verb].target


def verbs_for(status: AppealStatus) -> list[AppealVerb]:
    """The verbs that this state allows, in the table's order."""
    return [verb for verb in MOVES if may(verb, status)]
