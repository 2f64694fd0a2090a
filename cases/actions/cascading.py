"""Telling people while there is time that a legal deadline comes: at 14, 7, 3, 1 and 0 days.

The owner hears first, then the leads of the queue, a day before its managers too. A deadline never
pauses, whatever the case waits for. Each step is told once.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from cases.notices.services import Message, notify_many
from cases.notices.vocabulary import MessageKind
from cases.work.models import Case
from cases.work.visibility import Lead, leads_of, may_see

STEPS = (0, 1, 3, 7, 14)
BY_MAIL, TO_LEADS, TO_MANAGERS = 7, 3, 1
MANAGERS = "rc_manager"
MOST = 20_000


@transaction.atomic
def warn_of_deadlines(*, at: datetime) -> int:
    """Tell of every open case whose deadline is near; returns how many things were told."""
    day = house_day(at)
    cases = list(
        Case.objects.open()
        .filter(deadline_on__gte=day, deadline_on__lte=day + timedelta(days=STEPS[-1]))
        .select_related("queue")
        .order_by("deadline_on", "pk")[:MOST]
    )
    leads = leads_of(queue_ids={case.queue_id for case in cases}) if cases else {}
    managers = list(User.objects.filter(groups__name=MANAGERS, is_active=True).order_by("pk"))
    drafts = []
    for case in cases:
        assert case.deadline_on is not None
        step = next(each for each in STEPS if (case.deadline_on - day).days <= each)
        drafts += [
            _message(case, step, user_id=user_id, why=why)
            for user_id, why in _heard_by(case, step, leads.get(case.queue_id, []), managers)
        ]
    return notify_many(drafts=drafts)


def _heard_by(
    case: Case, step: int, leads: list[Lead], managers: list[User]
) -> Iterator[tuple[int, str]]:
    if case.owner_id is not None:
        yield case.owner_id, "The case is in your hands."
    if step <= TO_LEADS or case.owner_id is None:
        for lead in leads:
            if case.facility_id in lead.facilities and lead.user_id != case.owner_id:
                yield lead.user_id, f"You lead {case.queue}."
    if step <= TO_MANAGERS:
        for manager in managers:
            if may_see(manager, case):
                yield manager.pk, "You answer for this site."


def _message(case: Case, step: int, *, user_id: int, why: str) -> Message:
    left = f"in {step} days at most" if step else "today: giving it up needs approval"
    return Message(
        user_id=user_id,
        kind=MessageKind.WARNING if step else MessageKind.BREACH,
        key=f"deadline:{case.pk}:{case.deadline_on}:{step}",
        text=f"The deadline of {case.reference} ends {left}.",
        why=why,
        case_id=case.pk,
        instant=step <= BY_MAIL,
    )
