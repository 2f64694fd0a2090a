"""Undoing one's own last step on an appeal, while nothing was signed and nothing left the house.

The inverse is a step of its own, with its reason: an appeal that was begun is withdrawn, one that
was given to review comes back, one that was sent back goes to review again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from billing_portal.accounts.models import User
from cases.actions.undoing import NothingToUndo
from cases.types.denial.appeals.actions import preparing, sending
from cases.types.denial.appeals.lifecycle import IN_FLIGHT, AppealStatus
from cases.types.denial.appeals.models import Appeal

ANOTHERS = "Somebody else changed this appeal since. Nothing was undone."
SENT = "It left the house: that is not undone. Withdraw it, or note what the payer says."
SIGNED = "It was attested: a signature is not undone. Send it back, and it is void."
ENDED = "It has ended: that is not undone. Begin another."
REPLACED = "What was written before is not kept: write it anew."


@transaction.atomic
def undo(*, appeal: Appeal, by: User, at: datetime, seen_version: int) -> Appeal:
    """Do the inverse of the last step of an appeal, if it was one's own and has one.

    Locks the appeal. Raises NothingToUndo with the reason in words, and what the inverse raises.
    """
    locked = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    rows = list(locked.history.order_by("-history_id")[:2])
    if rows[0].history_user_id != by.pk:
        raise NothingToUndo(ANOTHERS)
    inverse = INVERSES.get(_step(rows))
    if inverse is None:
        raise NothingToUndo(why_not(AppealStatus(locked.status)))
    return inverse(appeal=locked, by=by, at=at, seen_version=seen_version)


def why_not(status: AppealStatus) -> str:
    """Why the last step of an appeal that stands so has no honest inverse, in a sentence."""
    if status in IN_FLIGHT:
        return SENT
    return {AppealStatus.READY: SIGNED, AppealStatus.DECIDED: ENDED}.get(status, REPLACED)


def _step(rows: Sequence[Any]) -> tuple[str | None, str]:
    """From which state to which the newest row led; from none: it was begun."""
    before = rows[1].status if len(rows) > 1 else None
    return before, rows[0].status


def _withdraw(*, appeal: Appeal, by: User, at: datetime, seen_version: int) -> Appeal:
    reason = "Undone: “Began an appeal”."
    return sending.withdraw(appeal=appeal, by=by, at=at, reason=reason, seen_version=seen_version)


def _send_back(*, appeal: Appeal, by: User, at: datetime, seen_version: int) -> Appeal:
    reason = "Undone: “Gave the appeal to review”."
    return preparing.send_back(appeal=appeal, by=by, reason=reason, seen_version=seen_version)


def _review(*, appeal: Appeal, by: User, at: datetime, seen_version: int) -> Appeal:
    reason = "Undone: “Sent the appeal back”."
    return preparing.review(appeal=appeal, by=by, reason=reason, seen_version=seen_version)


INVERSES: dict[tuple[str | None, str], Callable[..., Appeal]] = {
    (None, AppealStatus.DRAFT): _withdraw,
    (AppealStatus.DRAFT, AppealStatus.IN_REVIEW): _send_back,
    (AppealStatus.IN_REVIEW, AppealStatus.DRAFT): _review,
}
