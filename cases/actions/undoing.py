"""Undoing the last thing that one did to a case, while nobody has done anything to it since.

The inverse is a move of its own, with its own history and reason: nothing is taken out of the
record. Comments, files and ticked steps are facts and stay.
"""

from datetime import datetime
from uuid import UUID

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import moving, rejoining
from cases.work.inverses import LastMove, last_moves
from cases.work.lifecycle import INDIRECT_VERBS, JOINING_VERBS, SYSTEM_VERBS, Verb
from cases.work.models import Case
from cases.work.types import CASE_TYPES, Engaged
from cases.work.visibility import CaseNotFound

LASTING = (SYSTEM_VERBS | INDIRECT_VERBS | {Verb.UNDO}) - JOINING_VERBS


OF_WAYS = frozenset({Verb.RESOLVE, Verb.WAIT_PAYER})
"""By which a case follows another way that is taken with it."""
TAKEN = (
    "Another way was taken with this case, and a bill or claim may have left the house. Say first"
    " what came of it, or give it up, under Appeals; or reopen the case and say why."
)
APPEALED = "The appeal left the house: that is not undone. Withdraw it on its own page."


class NothingToUndo(DomainError):
    """The case's last change is not one that this person can take back."""

    code = "nothing_to_undo"


def undo(*, case: Case, by: User, at: datetime, seen_version: int) -> Case:
    """Restore exactly the columns that one's own last move of this case changed.

    The case must still be as that move left it: `seen_version`. Raises NothingToUndo when the last
    move was another's, a system's, or an undoing itself; and what `move` raises, StaleVersion above
    all. A merge or a split is undone for all its cases, if each is as it left it; else NotAsLeft.
    Doors take the case from `find`, since a transfer may have led it out of sight.
    """
    last = last_moves([case.pk]).get(case.pk)
    if last is None or last.by_id != by.pk or last.verb in LASTING:
        raise NothingToUndo(why_not(last, by=by))
    if last.verb in OF_WAYS and is_on_a_way(case):
        raise NothingToUndo(TAKEN)
    if last.verb in JOINING_VERBS:
        return rejoining.take_back(
            case=case, last=last, by=by, reason=reason_of(last), at=at, seen_version=seen_version
        )
    return moving.move(
        case=case,
        verb=Verb.UNDO,
        by=by,
        reason=reason_of(last),
        at=at,
        seen_version=seen_version,
        **last.restores,
    )


def is_on_a_way(case: Case) -> bool:
    """Whether another way was taken with a case and has not ended."""
    engaged = CASE_TYPES.get(case.case_type).engaged([case.pk])
    return engaged.get(case.pk) is Engaged.OTHER_WAY


def find(*, by: User, public_id: UUID) -> Case:
    """A case that somebody sees, or that they moved last. Raises CaseNotFound."""
    case = Case.objects.filter(public_id=public_id).first()
    is_seen = case is not None and Case.objects.visible_to(by).filter(pk=case.pk).exists()
    if case is None or not (is_seen or moved_last(case, by=by)):
        message = "There is no such case."
        raise CaseNotFound(message)
    return case


def moved_last(case: Case, *, by: User) -> bool:
    """Whether it was this person who changed a case last."""
    last = last_moves([case.pk]).get(case.pk)
    return last is not None and last.by_id == by.pk


def reason_of(last: LastMove) -> str:
    """Why a case is as it was before."""
    return f"Undone: “{last.verb.label}”."


def why_not(last: LastMove | None, *, by: User) -> str:
    """Why nothing is undone, in a sentence."""
    if last is None:
        return "Nothing was done to this case yet. Comments and files are facts and stay."
    if last.by_id != by.pk:
        return "Somebody else changed this case since. Nothing was undone."
    if last.verb is Verb.APPEAL:
        return APPEALED
    return "What was done last cannot be undone. Comments and files are facts and stay."
