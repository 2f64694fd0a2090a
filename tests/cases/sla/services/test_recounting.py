from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.sla.models import Calendar, ClockEvent, SlaClock
from cases.sla.services import Adopted, recount_many
from cases.sla.vocabulary import Clock, EventKind
from tests.cases.sla.services.test_clocks import LATER, opened, stands
from tests.factories.cases import CalendarFactory, HolidayFactory

pytestmark = pytest.mark.django_db


def test_what_stands_as_its_events_say_is_left_alone():
    [case] = opened()

    assert recount_many(case_ids=[case.pk], at=LATER).changed == frozenset()
    assert not ClockEvent.objects.filter(kind=EventKind.RECOMPUTE).exists()


def test_what_drifted_is_mended_with_an_event():
    [case] = opened()
    before = stands(case).due_at
    SlaClock.objects.filter(case=case, kind=Clock.RESOLVE).update(due_at=before + timedelta(days=1))

    assert recount_many(case_ids=[case.pk], at=LATER, is_dry=True).changed == {case.pk}
    assert stands(case).due_at > before
    assert recount_many(case_ids=[case.pk], at=LATER).changed == {case.pk}

    assert stands(case).due_at == before
    assert ClockEvent.objects.filter(case=case, kind=EventKind.RECOMPUTE).count() == 1


@pytest.mark.parametrize("lost", [{}, {"kind": Clock.RESOLVE}])
def test_a_lost_copy_is_made_again(lost):
    [case] = opened()
    rows = SlaClock.objects.filter(case=case)
    held = list(rows.order_by("kind").values("kind", "due_at", "watch_at"))
    rows.filter(**lost).delete()

    recount_many(case_ids=[case.pk], at=LATER)

    assert list(rows.order_by("kind").values("kind", "due_at", "watch_at")) == held


def test_a_holiday_makes_running_clocks_due_later():
    [case] = opened()
    before = stands(case).due_at
    HolidayFactory(calendar=Calendar.objects.get(key="house"), on=LATER.date() + timedelta(days=1))

    recount = recount_many(case_ids=[case.pk], at=LATER)

    assert stands(case).due_at == before + timedelta(days=1)
    assert recount.due[case.pk]["resolve_due_at"] == stands(case).due_at


def test_a_sites_new_calendar_takes_the_place_of_the_houses():
    [case] = opened()
    calendar = CalendarFactory(facility=case.facility, hours={"1": [["08:00", "12:00"]]})
    adopted = Adopted(Calendar.objects.get(key="house").pk, calendar.pk, calendar.time_zone)

    recount_many(case_ids=[case.pk], at=LATER, adopted=adopted)

    assert stands(case).terms.calendar == calendar
    assert recount_many(case_ids=[case.pk], at=LATER).changed == frozenset()


@pytest.mark.parametrize("number", [1, 25])
def test_counting_anew_costs_the_same_queries_for_any_number(number):
    cases = opened(number)
    HolidayFactory(calendar=Calendar.objects.get(key="house"), on=LATER.date() + timedelta(days=1))

    with CaptureQueriesContext(connection) as queries:
        recount_many(case_ids=[case.pk for case in cases], at=LATER)

    # events, terms, clocks; calendars, holidays, terms; terms, events, clocks
    assert len(queries) == 9
