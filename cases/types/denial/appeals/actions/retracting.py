"""Undoing one's own last step on an appeal, while nothing was signed and nothing left the house.

The inverse is a step of its own, with its reason: an appeal that was begun is withdrawn, one that
was given to review comes back, one that was sent back goes to review again.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from billing_portal.accounts.models import User
from cases.actions.undoing import NothingToUndo
from cases.types.denial.appeals import queries
from cases.types.denial.appeals.actions import preparing, sending
from cases.types.denial.appeals.lifecycle import IN_FLIGHT, AppealStatus, AppealVerb
from cases.types.denial.appeals.models import Appeal
from cases.types.denial.appeals.queries import LastStep

GIVEN = f"{queries.EVENT}{AppealVerb.REVIEW}"
SENT_BACK = f"{queries.EVENT}{AppealVerb.SEND_BACK}"
ANOTHERS = "Somebody else changed this appeal since. Nothing was undone."
SENT = "It left the house: that is not undone. Withdraw it, or note what the payer says."
SIGNED = "It was attested: a signature is not undone. Send it back, and it is void."
ENDED = "It has ended: that is not undone. Begin another."
REPLACED = "What was written before is not kept: write it anew."


@transaction.atomic
def undo(*, appeal: Appeal, by: User, at: datetime, seen_version: int) -> Appeal:
    """Do the inverse of the last step of an appeal, if it was one's own and has one.

    Locks the case, then the appeal. Raises NothingToUndo with the reason in words, and what the
    inverse raises.
    """
    sending.lock_case(appeal)
    locked = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    last = queries.last_step(locked)
    if last is None or last.by_id != by.pk:
        raise NothingToUndo(ANOTHERS)
    inverse = _inverse(locked, last)
    if inverse is None:
        raise NothingToUndo(why_not(AppealStatus(locked.status)))
    return inverse(appeal=locked, by=by, at=at, seen_version=seen_version)


def why_not(status: AppealStatus) -> str:
    """Why the last step of an appeal that stands so has no honest inverse, in a sentence."""
    if status in IN_FLIGHT:
        return SENT
    return {AppealStatus.READY: SIGNED, AppealStatus.DECIDED: ENDED}.get(status, REPLACED)


def _inverse(appeal: Appeal, last: LastStep) -> Callable[..., Appeal] | None:
    """What undoes a step; none for a sending back that voided a signature."""
    if last.verb == SENT_BACK and not _was_in_review(appeal):
        return None
    return INVERSES.get(last.verb)


def _was_in_review(appeal: Appeal) -> bool:
    """Whether the row before the newest was given to review."""
    before: str = appeal.history.order_by("-history_id").values_list("status", flat=True)[1]
    return before == AppealStatus.IN_REVIEW


def _withdraw(*, appeal: Appeal, by: User, at: datetime, seen_version: int) -> Appeal:
    reason = "Undone: “Began an appeal”."
    return sending.withdraw(appeal=appeal, by=by, at=at, reason=reason, seen_version=seen_version)


def _send_back(*, appeal: Appeal, by: User, at: datetime, seen_version: int) -> Appeal:
    reason = "Undone: “Gave the appeal to review”."
    return preparing.send_back(appeal=appeal, by=by, reason=reason, seen_version=seen_version)


def _review(*, appeal: Appeal, by: User, at: datetime, seen_version: int) -> Appeal:
    reason = "Undone: “Sent the appeal back”."
    return preparing.review(appeal=appeal, by=by, reason=reason, seen_version=seen_version)


INVERSES: dict[str, Callable[..., Appeal]] = {
    queries.OPENED: _withdraw,
    GIVEN: _send_back,
    SENT_BACK: _review,
}
