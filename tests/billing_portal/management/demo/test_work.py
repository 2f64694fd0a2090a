"""Plans: in order, in working hours, and the same for the same case."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from billing_portal.management.demo.work import Act, Doing, Subject, plan
from cases.types.denial.vocabulary import Category

OPENED = datetime(2026, 10, 2, 11, 15, tzinfo=UTC)
DUE = OPENED + timedelta(days=14)
CHICAGO = "America/Chicago"


def planned(
    number: int, category: str = "AUTH", *, is_denial: bool = True, may_move: bool = True
) -> list[Act]:
    subject = Subject(
        seed=f"case:{number}",
        opened_at=OPENED,
        due_at=DUE,
        category=category,
        is_denial=is_denial,
        may_move=may_move,
    )
    return plan(subject, time_zone=CHICAGO)


def test_the_same_case_gets_the_same_plan():
    assert [planned(n) for n in range(50)] == [planned(n) for n in range(50)]


def test_acts_follow_each_other_in_working_hours():
    plans = [planned(number) for number in range(300)]

    assert all(a.at < b.at for acts in plans for a, b in pairwise(acts))
    local = [act.at.astimezone(ZoneInfo(CHICAGO)) for acts in plans for act in acts]
    assert {moment.isoweekday() for moment in local} <= {1, 2, 3, 4, 5}
    assert all(8 <= moment.hour <= 17 for moment in local)


def test_nothing_is_done_before_the_case_is_there():
    assert all(acts[0].at > OPENED for acts in map(planned, range(300)))


def test_every_case_ends_here_or_in_another_queue():
    last = Counter(acts[-1].doing for acts in map(planned, range(500)))

    assert set(last) == {Doing.RESOLVE, Doing.TRANSFER}
    assert last[Doing.RESOLVE] > 400
    assert last[Doing.TRANSFER] > 10


def test_a_case_in_the_last_queue_is_not_moved_on():
    plans = [planned(number, may_move=False) for number in range(500)]

    assert not [act for acts in plans for act in acts if act.doing is Doing.TRANSFER]


def test_most_cases_end_in_time_and_some_wait_sleep_or_end_late():
    plans = [planned(number) for number in range(500)]
    ends = [acts[-1].at for acts in plans if acts[-1].doing is Doing.RESOLVE]
    done = Counter(act.doing for acts in plans for act in acts)

    assert 0.4 < sum(end <= DUE for end in ends) / len(ends) < 0.9
    assert min(done[each] for each in (Doing.WAIT_PAYER, Doing.WAIT_INFO, Doing.DEFER)) > 20


def test_cases_end_in_many_ways():
    ends = {planned(number, may_move=False)[-1].disposition for number in range(200)}

    assert None not in ends
    assert len(ends) > 3


def test_a_deferral_ends_within_ninety_days():
    deferrals = [a for n in range(500) for a in planned(n) if a.doing is Doing.DEFER]

    assert all(0 < (act.until - act.at).days <= 90 for act in deferrals if act.until)


@pytest.mark.parametrize("category", [*Category.values, "", "NEVER_HEARD_OF"])
def test_every_category_has_a_plan(category):
    assert any(planned(number, category) for number in range(20))
    assert any(planned(number, category, is_denial=False) for number in range(20))
