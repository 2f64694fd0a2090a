from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.sla.models import Calendar, Clock, Target, Unit
from cases.sla.services import Place, due_times, terms_for
from cases.sla.vocabulary import CountsIn, PauseReason
from cases.work.models import Queue
from tests.factories.cases import CalendarFactory, HolidayFactory, QueueFactory, TargetFactory
from tests.factories.integrations import FacilityFactory, PayerFactory

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 3, 13, 21, 30, tzinfo=UTC)  # half past four in Chicago


def due(queue, facility, at=FRIDAY):
    place = Place(queue.pk, facility.pk)
    return due_times(places=[place], at=at)[place]


@pytest.mark.parametrize(
    ("key", "first_touch", "resolve"),
    [
        # four business hours: half an hour on Friday, the rest on Monday
        ("triage", "2026-03-16T16:30:00+00:00", "2026-03-16T22:00:00+00:00"),
        ("authorization", "2026-03-16T22:00:00+00:00", "2026-03-20T22:00:00+00:00"),
        ("remittance-exceptions", "2026-03-13T22:00:00+00:00", "2026-03-17T22:00:00+00:00"),
        ("patient-disputes", "2026-03-17T22:00:00+00:00", "2026-04-12T21:30:00+00:00"),
    ],
)
def test_the_targets_that_come_with_the_house(key, first_touch, resolve):
    times = due(Queue.objects.get(key=key), FacilityFactory())

    assert [each.astimezone(UTC).isoformat() for each in times] == [first_touch, resolve]


def test_every_queue_that_comes_with_the_house_has_both_targets():
    both = {(queue.pk, clock) for queue in Queue.objects.order_by("pk") for clock in Clock.values}

    assert set(Target.objects.values_list("queue_id", "clock")) == both


def test_a_queue_without_targets_has_the_houses():
    times = due(QueueFactory(), FacilityFactory())

    assert times.first_touch_due_at == datetime(2026, 3, 17, 22, tzinfo=UTC)


def test_a_site_without_a_calendar_keeps_the_houses_hours_in_its_own_zone():
    queue = Queue.objects.get(key="authorization")
    chicago = due(queue, FacilityFactory(time_zone="America/Chicago"))
    denver = due(queue, FacilityFactory(time_zone="America/Denver"))

    assert (denver.resolve_due_at - chicago.resolve_due_at).total_seconds() == 3600


def test_a_sites_own_calendar_and_holidays_count():
    queue = Queue.objects.get(key="authorization")
    calendar = CalendarFactory(hours={"1": [["08:00", "12:00"]]}, time_zone="UTC")

    assert due(queue, calendar.facility).first_touch_due_at == datetime(2026, 3, 23, 12, tzinfo=UTC)

    HolidayFactory(calendar=calendar, on=datetime(2026, 3, 16, tzinfo=UTC).date())

    assert due(queue, calendar.facility).first_touch_due_at == datetime(2026, 3, 30, 12, tzinfo=UTC)


def test_federal_holidays_are_days_off():
    independence_day = due(
        Queue.objects.get(key="authorization"),
        FacilityFactory(),
        at=datetime(2026, 7, 2, 15, tzinfo=UTC),  # the 4th is a Saturday, kept on Friday the 3rd
    )

    assert independence_day.first_touch_due_at == datetime(2026, 7, 6, 22, tzinfo=UTC)


@pytest.mark.parametrize("places", [1, 20])
def test_counting_costs_the_same_queries_for_any_number_of_places(places):
    queue = TargetFactory(unit=Unit.BUSINESS_HOURS).queue
    wanted = [Place(queue.pk, FacilityFactory().pk) for _ in range(places)]

    with CaptureQueriesContext(connection) as queries:
        assert len(due_times(places=wanted, at=FRIDAY)) == places

    assert len(queries) == 5


def test_a_case_type_may_have_a_target_of_its_own():
    queue = QueueFactory()
    TargetFactory(queue=queue, amount=5)
    TargetFactory(queue=queue, amount=1, case_type="denial")
    place = Place(queue.pk, FacilityFactory().pk)

    terms = terms_for(places=[place, place._replace(case_type="denial")])

    assert terms[place][Clock.FIRST_TOUCH].amount == 5
    assert terms[place._replace(case_type="denial")][Clock.FIRST_TOUCH].amount == 1


def test_a_target_may_count_in_the_payers_calendar_if_it_has_one():
    open_, other = PayerFactory(), PayerFactory()
    calendar = CalendarFactory(facility=None, payer=open_, time_zone="America/New_York")
    target = TargetFactory(clock=Clock.RESOLVE, counts_in=CountsIn.PAYER)
    place = Place(target.queue_id, FacilityFactory().pk, "denial", open_.pk)

    terms = terms_for(places=[place, place._replace(payer_id=other.pk)])

    held = terms[place][Clock.RESOLVE]
    assert (held.calendar_id, held.zone) == (calendar.pk, "America/New_York")
    elsewhere = terms[place._replace(payer_id=other.pk)][Clock.RESOLVE]
    assert elsewhere.calendar_id == Calendar.objects.get(key="house").pk


def test_a_first_touch_never_pauses_and_a_target_says_for_what_the_rest_does():
    queue = QueueFactory()
    TargetFactory(queue=queue)
    TargetFactory(queue=queue, clock=Clock.RESOLVE, pauses_for_info=False, pause_cap=3)
    place = Place(queue.pk, FacilityFactory().pk)

    held = terms_for(places=[place])[place]

    assert held[Clock.FIRST_TOUCH].pauses == frozenset()
    assert (held[Clock.RESOLVE].pauses, held[Clock.RESOLVE].cap) == ({PauseReason.PAYER}, 3)
