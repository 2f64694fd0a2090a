"""Telling people that requests wait for them: at once, again after a time, then those above.

A step that nobody may decide goes to those above at once. Time escalates; it never approves.
Moments are counted in business days of the case's site. Told is that something waits, by its
reference: neither an amount nor a name.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from cases.approvals import services
from cases.approvals.eligibility import eligible
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Matter, RequestState, Told
from cases.notices.services import Message, notify_many
from cases.notices.vocabulary import MessageKind
from cases.sla.business_time import BusinessCalendar, add_business_days
from cases.sla.services import calendars_of
from cases.work.visibility import leads_of, those_who_see

ACTOR = "approvals"
MANAGERS = "rc_manager"
BATCH = 200
YOURS = "You may decide this request."
ABOVE = "The request waited too long, or nobody below may decide it."
ASKED = "You asked for this."
FORWARDED = "A colleague asked you to decide this request."
WAITS = "{approval} waits for a decision."
STILL_WAITS = "{approval} still waits for a decision."
ESCALATED = "{approval} was escalated and waits for a decision."
NOBODY = "{approval} waits, and nobody may decide it: give somebody the role or the limit."
OVERDUE = "{approval} was escalated and is still not decided."


def prompt_due(*, at: datetime) -> int:
    """Tell whoever is to be told by now; returns of how many requests. Skips what others hold.

    Each request in a transaction of its own: a decision waits for no other request's telling.
    """
    due = ApprovalRequest.objects.to_tell(at=at).values_list("pk", flat=True)[:BATCH]
    return sum(_prompt_one(key, at=at) for key in list(due))


@transaction.atomic
def _prompt_one(key: int, *, at: datetime) -> bool:
    """Do the next telling of a request, unless it was done or decided meanwhile.

    Locks it with its case, as every move does, and leaves it if somebody holds either.
    """
    still_due = ApprovalRequest.objects.to_tell(at=at).filter(pk=key)
    approval = (
        still_due.select_related("case", "policy_version", "requested_by")
        .select_for_update(of=("self", "case"), skip_locked=True)
        .first()
    )
    if approval is None:
        return False
    prompt(approval, at=at)
    return True


def prompt(approval: ApprovalRequest, *, at: datetime) -> ApprovalRequest:
    """Tell at once who may decide a locked request that begins to wait."""
    site = approval.case.facility_id
    return _advance(approval, calendars_of([site])[site], at=at)


def tell_requester(approval: ApprovalRequest, *, by: User) -> None:
    """Tell who asked what became of it. Who asked in an emergency need not see its case."""
    state = RequestState(approval.state).label.lower()
    text = f"{approval}: {state}, by {by}."
    told = _message(approval, approval.requested_by_id, approval.state, text, ASKED)
    if approval.matter == Matter.BREAK_GLASS:
        told = replace(told, url_name="cases:emergencies", url_args=())
    notify_many(drafts=[told])


def tell_forwarded(approval: ApprovalRequest, *, by: User) -> None:
    """Tell whom somebody asked to decide."""
    assert approval.forwarded_to_id is not None
    text = f"{approval}: {by} asks you to decide."
    notify_many(drafts=[_message(approval, approval.forwarded_to_id, "forwarded", text, FORWARDED)])


def _advance(
    approval: ApprovalRequest, calendar: BusinessCalendar, *, at: datetime
) -> ApprovalRequest:
    """Do the next telling of a locked request."""
    told = Told(approval.told)
    if told is Told.NOBODY:
        return _begin(approval, calendar, at=at)
    if told is Told.ASKED:
        _tell_those_who_may(approval, STILL_WAITS, YOURS, Told.REMINDED, at=at)
        return _note(approval, Told.REMINDED, tell_at=approval.due_at)
    if told is Told.REMINDED:
        services.escalate(approval, by=system_actor(ACTOR), reason="Not decided in time")
        _tell_those_who_may(approval, ESCALATED, ABOVE, Told.ESCALATED, at=at)
        return _note(approval, Told.ESCALATED, tell_at=_manager_moment(approval, calendar))
    _tell(approval, _managers(approval), OVERDUE, ABOVE, Told.MANAGER)
    return _note(approval, Told.MANAGER, tell_at=None)


def _begin(
    approval: ApprovalRequest, calendar: BusinessCalendar, *, at: datetime
) -> ApprovalRequest:
    """Ask those who may decide; those above when nobody may; the managers when nobody may still."""
    terms, since = approval.policy_version.terms, approval.step_since
    due_at = add_business_days(calendar, since, terms.escalate_after)
    if _tell_those_who_may(approval, WAITS, YOURS, Told.ASKED, at=at):
        remind_at = add_business_days(calendar, since, terms.remind_after)
        return _note(approval, Told.ASKED, tell_at=remind_at, due_at=due_at)
    services.escalate(approval, by=system_actor(ACTOR), reason="Nobody may decide this step")
    if not _tell_those_who_may(approval, ESCALATED, ABOVE, Told.ESCALATED, at=at):
        _tell(approval, _managers(approval), NOBODY, ABOVE, Told.NOBODY)
    moment = _manager_moment(approval, calendar)
    return _note(approval, Told.ESCALATED, tell_at=moment, due_at=due_at)


def _manager_moment(approval: ApprovalRequest, calendar: BusinessCalendar) -> datetime:
    days = approval.policy_version.terms.manager_after
    return add_business_days(calendar, approval.step_since, days)


def _note(
    approval: ApprovalRequest,
    told: Told,
    *,
    tell_at: datetime | None,
    due_at: datetime | None = None,
) -> ApprovalRequest:
    by = system_actor(ACTOR)
    return services.tell(
        approval, told=told, tell_at=tell_at, due_at=due_at or approval.due_at, by=by
    )


def _tell_those_who_may(
    approval: ApprovalRequest, text: str, why: str, told: Told, *, at: datetime
) -> bool:
    """Tell everybody who may decide; whether there is anybody."""
    people = {each.person_id for each in eligible(approval, at=at)}
    _tell(approval, people, text, why, told)
    return bool(people)


def _managers(approval: ApprovalRequest) -> set[int]:
    """Who leads the queue of the case, and the managers who see it."""
    queue_id = approval.case.queue_id
    leads = {each.user_id for each in leads_of(queue_ids=[queue_id]).get(queue_id, [])}
    seeing = those_who_see(approval.case).filter(groups__name=MANAGERS)
    return leads | set(seeing.values_list("pk", flat=True))


def _tell(
    approval: ApprovalRequest, people: Collection[int], text: str, why: str, told: Told
) -> None:
    step = f"{approval.cycle}:{approval.step}:{told.value}"
    words = text.format(approval=approval)
    notify_many(drafts=[_message(approval, person, step, words, why) for person in sorted(people)])


def _message(
    approval: ApprovalRequest, person_id: int, occasion: str, text: str, why: str
) -> Message:
    return Message(
        user_id=person_id,
        kind=MessageKind.APPROVAL,
        key=f"approval:{approval.pk}:{approval.cycle}:{occasion}",
        text=text,
        why=why,
        url_name="cases:approval",
        url_args=(str(approval.public_id),),
    )
