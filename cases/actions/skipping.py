"""Passing over a case that one was given: it goes back, and the lead hears of one too many."""

from datetime import datetime

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from cases.actions import moving
from cases.notices.services import Message, notify_many
from cases.notices.vocabulary import MessageKind
from cases.priority.models import SkipReason
from cases.priority.services import MOST_SKIPS, note_skip
from cases.work.lifecycle import Verb
from cases.work.models import Case
from cases.work.visibility import leads_of


@transaction.atomic
def skip(
    *,
    case: Case,
    by: User,
    skip_reason: SkipReason,
    note: str = "",
    at: datetime,
    seen_version: int,
) -> Case:
    """Put a case back that one does not take up; it is not offered to one again on this day.

    Three a day and queue; at the third its leads are told. Also raises SkipRefused.
    """
    reason = f"Passed over: {SkipReason(skip_reason).label}. {note}".strip()
    back = moving.move(
        case=case, verb=Verb.RELEASE, by=by, reason=reason, at=at, seen_version=seen_version
    )
    count = note_skip(case=back, by=by, reason=SkipReason(skip_reason), note=note, on=house_day(at))
    if count == MOST_SKIPS:
        _tell_leads(back, by=by, at=at)
    return back


def _tell_leads(case: Case, *, by: User, at: datetime) -> None:
    leads = leads_of(queue_ids={case.queue_id}).get(case.queue_id, ())
    notify_many(
        drafts=[
            Message(
                user_id=lead.user_id,
                kind=MessageKind.WARNING,
                key=f"skips:{by.pk}:{case.queue_id}:{house_day(at)}",
                text=f"{by} passed over {MOST_SKIPS} cases of {case.queue} today.",
                why=f"You lead {case.queue}.",
                case_id=case.pk,
            )
            for lead in leads
            if case.facility_id in lead.facilities and lead.user_id != by.pk
        ]
    )
