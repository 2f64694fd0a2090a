from datetime import date, timedelta

import pytest

from billing_portal.access.actor import system_actor
from cases.actions import recounting
from cases.jobs import services as jobs
from cases.sla.models import Calendar, SlaClock
from cases.sla.vocabulary import Clock
from cases.work.models import Case
from tests.cases.sla.services.test_clocks import LATER, opened, stands
from tests.factories.cases import OPENED, CalendarFactory, CaseFactory, HolidayFactory

pytestmark = pytest.mark.django_db


def holiday():
    house = Calendar.objects.get(key="house")
    HolidayFactory(calendar=house, on=date(2026, 3, 4))
    return house


def test_cases_carry_what_their_clocks_come_to():
    [case] = opened()
    holiday()

    assert recounting.recount(case_ids=[case.pk], at=LATER, reason="A day off") == 1

    fresh = Case.objects.get(pk=case.pk)
    assert (fresh.resolve_due_at, fresh.version) == (stands(case).due_at, 2)
    assert fresh.history.latest("history_id").history_change_reason == "A day off"
    assert recounting.recount(case_ids=[case.pk], at=LATER, reason="A day off") == 0
    assert Case.objects.get(pk=case.pk).version == 2


def test_all_open_cases_are_looked_at_and_those_without_clocks_get_them():
    [case] = opened()
    touched = CaseFactory(first_touched_at=OPENED + timedelta(hours=1))
    SlaClock.objects.filter(case=case).update(due_at=LATER)

    dry = recounting.recount_all(at=LATER, is_dry=True)
    assert dry.as_json() == {"cases": 2, "changed": 1, "started": 1}
    assert recounting.recount_all(at=LATER) == dry
    assert recounting.recount_all(at=LATER) == recounting.Counted(2)

    touched.refresh_from_db()
    assert touched.resolve_due_at == stands(touched).due_at
    assert stands(touched, Clock.FIRST_TOUCH).state == "met"


def test_a_job_counts_the_cases_of_a_calendar_batch_by_batch(monkeypatch):
    monkeypatch.setattr(recounting, "BATCH", 2)
    cases = opened(3)
    house, parameters = holiday(), {"reason": "A day off"}
    job = jobs.start(
        kind=recounting.KIND,
        parameters=parameters | {"calendars": [house.pk]},
        total=3,
        by=system_actor("tests"),
    )

    while not job.is_finished:
        job = jobs.work_next(at=LATER)
    assert (job.done, job.errors) == (3, [])
    for case in cases:
        assert Case.objects.get(pk=case.pk).resolve_due_at == stands(case).due_at


def test_a_job_brings_a_sites_clocks_into_its_new_calendar():
    [case], [other] = opened(), opened()
    calendar = CalendarFactory(facility=case.facility)
    house = Calendar.objects.get(key="house")
    job = jobs.start(
        kind=recounting.KIND,
        parameters={
            "calendars": [house.pk],
            "facility": case.facility_id,
            "adopted": [house.pk, calendar.pk, calendar.time_zone],
            "reason": "A calendar of its own",
        },
        total=1,
        by=system_actor("tests"),
    )

    while not job.is_finished:
        job = jobs.work_next(at=LATER)
    assert stands(case).terms.calendar == calendar
    assert stands(other).terms.calendar == house
