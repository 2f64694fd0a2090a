"""The life of an edition as one table of moves. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

AUTHOR = "cases.author_edition"
RELEASE = "cases.release_edition"


class EditionState(TextChoices):
    """How far an edition has come."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    SCHEDULED = "scheduled", "Scheduled"
    ACTIVE = "active", "In force"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


class EditionVerb(TextChoices):
    """What can be done to an edition that is there."""

    SAVE = "save", "Save"
    REQUEST_REVIEW = "request_review", "Ask for review"
    APPROVE = "approve", "Approve"
    SEND_BACK = "send_back", "Send back"
    SCHEDULE = "schedule", "Schedule"
    ACTIVATE = "activate", "Put in force"
    POSTPONE = "postpone", "Postpone"
    SUPERSEDE = "supersede", "Supersede"
    WITHDRAW = "withdraw", "Withdraw"


@dataclass(frozen=True, slots=True)
class Move:
    """From which states a verb leads where, and the permission it takes; None: a system's own.

    `is_authors`: done by the author alone; else by anybody who may, but for the author.
    """

    from_: frozenset[EditionState]
    to: EditionState
    needs: str | None
    is_authors: bool = False


S, V = EditionState, EditionVerb
MOVES: Mapping[EditionVerb, Move] = {
    V.SAVE: Move(frozenset({S.DRAFT}), S.DRAFT, AUTHOR, is_authors=True),
    V.REQUEST_REVIEW: Move(frozenset({S.DRAFT}), S.IN_REVIEW, AUTHOR, is_authors=True),
    V.APPROVE: Move(frozenset({S.IN_REVIEW}), S.APPROVED, RELEASE),
    V.SEND_BACK: Move(frozenset({S.IN_REVIEW, S.APPROVED, S.SCHEDULED}), S.DRAFT, RELEASE),
    V.SCHEDULE: Move(frozenset({S.APPROVED, S.SCHEDULED}), S.SCHEDULED, RELEASE),
    V.ACTIVATE: Move(frozenset({S.APPROVED, S.SCHEDULED}), S.ACTIVE, None),
    V.POSTPONE: Move(frozenset({S.SCHEDULED}), S.APPROVED, None),
    V.SUPERSEDE: Move(frozenset({S.ACTIVE}), S.SUPERSEDED, None),
    V.WITHDRAW: Move(
        frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED}), S.WITHDRAWN, AUTHOR, is_authors=True
    ),
}
REVIEWED = frozenset({S.APPROVED, S.SCHEDULED, S.ACTIVE, S.SUPERSEDED})
RELEASED = frozenset({S.ACTIVE, S.SUPERSEDED})
WAITING = frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.SCHEDULED})


def verbs_for(state: EditionState, *, is_author: bool, held: frozenset[str]) -> list[EditionVerb]:
    """What a person can do to an edition in this state, by the permissions held."""
    return [
        verb
        for verb, move in MOVES.items()
        if state in move.from_ and move.needs in held and move.is_authors is is_author
    ]
