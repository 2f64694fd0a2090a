"""Three weeks of claim-next: no deadline that is worth its work passes while hands are enough."""

import random
from collections import Counter
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from cases.priority.services import claim_next, count_ranks
from cases.work.lifecycle import Disposition, Verb
from cases.work.models import Case
from cases.work.services import move
from tests.factories.cases import OPENED, CaseFactory

DAYS, GUARDED, LARGE = 15, 40, 25


def workdays() -> list[datetime]:
    """Nine o'clock of the working days that follow the opening."""
    zone = ZoneInfo(settings.SITE_TIME_ZONE)
    first = OPENED.astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range(DAYS * 7 // 5)]
    return [datetime.combine(day, time(9), tzinfo=zone) for day in days if day.weekday() < 5]


@pytest.mark.parametrize("seed", range(3))
def test_no_deadline_passes_while_there_are_hands_enough(case, worker, seed):
    chance, days = random.Random(seed), workdays()
    Case.objects.filter(pk=case.pk).update(deadline_on=None, deadline_at=None)
    due = [chance.choice(days) for _ in range(GUARDED)]
    for day in due:
        CaseFactory(
            queue=case.queue,
            facility=case.facility,
            amount_at_risk=Decimal(chance.randint(100, 900)),
            resolve_due_at=OPENED + timedelta(days=90),
            deadline_on=day.date() + timedelta(days=7),
            deadline_at=day + timedelta(hours=8),
        )
    for _ in range(LARGE):
        CaseFactory(queue=case.queue, facility=case.facility, amount_at_risk=Decimal(900_000))
    hands = max(*Counter(due).values(), 2)

    served = []
    for day in days:
        count_ranks(at=day)
        for _ in range(hands):
            served += finished(claim_next(by=worker, at=day), by=worker, at=day)

    late = [(at, each) for at, each in served if each.deadline_at and each.deadline_at < at]
    assert late == []
    assert sum(each.deadline_at is not None for _at, each in served) == GUARDED
    assert any(each.deadline_at is None for _at, each in served[: len(served) // 2])


def finished(taken, *, by, at):
    """When it was taken, and the case, resolved at once; nothing when nothing waited."""
    if taken is None:
        return []
    move(
        case=taken,
        verb=Verb.RESOLVE,
        by=by,
        reason="Done",
        at=at,
        seen_version=taken.version,
        disposition=Disposition.CORRECTED_CLAIM_PAID,
    )
    return [(at, taken)]
