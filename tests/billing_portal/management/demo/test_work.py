"""Plans: in order, in working hours, and the same for the same case."""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from billing_portal.management.demo.work import Act, Doing, plan
from cases.types.denial.vocabulary import Category

OPENED = datetime(2026, 10, 2, 11, 15, tzinfo=UTC)
CHICAGO = "America/Chicago"


def planned(number: int, category: str = "AUTH", *, is_denial: bool = True) -> list[Act]:
    return plan(
        seed=f"case:{number}",
        opened_at=OPENED,
        category=category,
        is_denial=is_denial,
        time_zone=CHICAGO,
    )


def test_the_same_case_gets_the_same_plan():
    assert [planned(n) for n in range(50)] == [planned(n) for n in range(50)]


def test_acts_follow_each_other_in_working_hours():
    plans = [planned(number) for number in range(300)]

    assert all(a.at < b.at for acts in plans for a, b in pairwise(acts))
    local = [act.at.astimezone(ZoneInfo(CHICAGO)) for acts in plans for act in acts]
    assert {moment.isoweekday() for moment in local} <= {1, 2, 3, 4, 5}
    assert all(8 <= moment.hour <= 17 for moment in local)


def test_nothing_is_done_before_the_case_is_there():
    assert all(acts[0].at > OPENED for acts in map(planned, range(300)) if acts)


def test_most_cases_are_resolved_and_some_are_left():
    last = Counter(acts[-1].doing if acts else None for acts in map(planned, range(500)))

    assert last[Doing.RESOLVE] > 350
    assert last[None] > 0
    assert last[Doing.WAIT_PAYER] > 0
    assert last[Doing.DEFER] > 0


def test_a_deferral_ends_within_ninety_days():
    deferrals = [a for n in range(500) for a in planned(n) if a.doing is Doing.DEFER]

    assert all(0 < (act.until - act.at).days <= 90 for act in deferrals if act.until)


@pytest.mark.parametrize("category", [*Category.values, "", "NEVER_HEARD_OF"])
def test_every_category_has_a_plan(category):
    assert any(planned(number, category) for number in range(20))
    assert any(planned(number, category, is_denial=False) for number in range(20))
