from datetime import date

import pytest

from billing_portal.access.actor import system_actor
from cases.types.denial.appeals import services
from cases.types.denial.appeals.models import FollowUp
from tests.cases.types.denial.appeals.conftest import NOW
from tests.factories.appeals import RecourseFactory

SENT = date(2026, 3, 5)


@pytest.fixture
def planned(appeal, worker):
    services.plan_for_appeal(appeal=appeal, by=worker, sent_on=SENT)
    return appeal


def due(today):
    return [each.days for each in services.take_due(today=today, limit=10)]


def test_follow_ups_come_after_thirty_fortyfive_and_sixty_days(planned):
    assert list(planned.follow_ups.order_by("pk").values_list("due_on", flat=True)) == [
        date(2026, 4, 4),
        date(2026, 4, 19),
        date(2026, 5, 4),
    ]


def test_each_is_due_on_its_day_and_told_once(planned):
    assert due(date(2026, 4, 3)) == []
    assert due(date(2026, 4, 4)) == [30]
    services.mark_told(
        follow_ups=services.take_due(today=date(2026, 4, 4), limit=10),
        by=system_actor(services.SYSTEM),
        at=NOW,
    )
    assert due(date(2026, 4, 19)) == [45]


def test_finishing_leaves_those_to_come(planned, worker):
    done = services.finish(
        by=worker, at=NOW, reason="Asked", appeal=planned, until=date(2026, 4, 20)
    )

    assert done == 2
    assert FollowUp.objects.get(done_at=None).days == 60


def test_an_outcome_ends_them_all(planned, worker):
    assert services.finish(by=worker, at=NOW, reason="Decided", appeal=planned) == 3
    assert due(date(2027, 1, 1)) == []


def test_another_way_is_followed_up_too(case, worker):
    recourse = RecourseFactory(case=case)
    services.plan_for_recourse(recourse=recourse, by=worker, sent_on=SENT, due_on=date(2026, 4, 4))

    assert due(date(2026, 4, 4)) == [30]
    assert services.finish(by=worker, at=NOW, reason="Paid", recourse=recourse) == 1
