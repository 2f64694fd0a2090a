"""Asking the payer again: follow-ups as rows, told once, done by somebody."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from cases.types.denial.appeals.models import Appeal, FollowUp, Recourse
from cases.work.models import Case
from cases.work.sets import any_id

AFTER = (30, 45, 60)
"""Days after an appeal was sent: payers commonly decide a first level in thirty to sixty."""
ESCALATE_AFTER = AFTER[-1]
PLANNED = "Follow-up planned"
TOLD = "The day to ask the payer has come"


def plan_for_appeal(*, appeal: Appeal, by: User, sent_on: date) -> None:
    """Plan when to ask about an appeal."""
    for days in AFTER:
        due = sent_on + timedelta(days=days)
        save_because(FollowUp(appeal=appeal, days=days, due_on=due), by=by, reason=PLANNED)


def plan_for_recourse(*, recourse: Recourse, by: User, sent_on: date, due_on: date) -> None:
    """Plan when to ask about another way."""
    days = (due_on - sent_on).days
    made = FollowUp(recourse=recourse, days=days, due_on=due_on)
    save_because(made, by=by, reason=PLANNED)


def take_due(*, today: date, limit: int) -> list[FollowUp]:
    """Due follow-ups that nobody was told of, locked; those that others hold are left to them.

    Their cases are locked before them, as everybody does who acts on both.
    """
    due = FollowUp.objects.filter(told_at=None, done_at=None, due_on__lte=today)
    oldest = due.order_by("due_on", "pk")
    cases = oldest.values_list(Coalesce("appeal__case", "recourse__case"), flat=True)[:limit]
    free = Case.objects.select_for_update(skip_locked=True).filter(pk=any_id(cases)).order_by("pk")
    held = any_id(free.values_list("pk", flat=True))
    return list(
        oldest.select_for_update(skip_locked=True, of=("self",))
        .filter(Q(appeal__case=held) | Q(recourse__case=held))
        .select_related("appeal__case__owner", "recourse__case__owner")[:limit]
    )


def mark_told(*, follow_ups: Iterable[FollowUp], by: User, at: datetime) -> None:
    """Note that people know."""
    for each in follow_ups:
        each.told_at = at
        save_because(each, by=by, reason=TOLD, fields=["told_at"])


@transaction.atomic
def finish(
    *,
    by: User,
    at: datetime,
    reason: str,
    appeal: Appeal | None = None,
    recourse: Recourse | None = None,
    until: date | None = None,
) -> int:
    """Note that follow-ups are done: those due by a day, or all that are left. Returns how many."""
    left = FollowUp.objects.select_for_update().filter(
        appeal=appeal, recourse=recourse, done_at=None
    )
    due = left.filter(due_on__lte=until) if until is not None else left
    done = list(due.order_by("pk"))
    for each in done:
        each.done_at, each.done_by = at, by
        save_because(each, by=by, reason=reason, fields=["done_at", "done_by"])
    return len(done)
