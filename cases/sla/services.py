"""By when cases are to be touched and resolved: targets counted in the site's calendar."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cases.sla.business_time import (
    BusinessCalendar,
    add_business_days,
    add_business_hours,
    add_calendar_days,
    hours_of,
)
from cases.sla.models import Calendar, Clock, Holiday, Target, Unit
from cases.work.sets import any_id
from integrations.canonical.models import Facility

HOUSE = "house"
ADD = {
    Unit.BUSINESS_HOURS: add_business_hours,
    Unit.BUSINESS_DAYS: add_business_days,
    Unit.CALENDAR_DAYS: add_calendar_days,
}


class Place(NamedTuple):
    """Where a case stands: its queue and its facility, by primary key."""

    queue_id: int
    facility_id: int


class DueTimes(NamedTuple):
    """By when a case is to be touched first, and resolved."""

    first_touch_due_at: datetime
    resolve_due_at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """How much of what a target allows."""

    amount: int
    unit: Unit


# A queue that an administrator has given no target yet.
HOUSE_TARGETS = {
    Clock.FIRST_TOUCH: Span(2, Unit.BUSINESS_DAYS),
    Clock.RESOLVE: Span(10, Unit.BUSINESS_DAYS),
}


def due_times(*, places: Collection[Place], at: datetime) -> dict[Place, DueTimes]:
    """The due times of a case that comes to each of these places now.

    A facility without a calendar has the house's hours and holidays in its own time zone. Each
    (calendar, span) is counted once. Four queries for any number of places.
    """
    spans = _spans({place.queue_id for place in places})
    calendars = calendars_of({place.facility_id for place in places})
    counted: dict[tuple[int, Span], datetime] = {}

    def due(place: Place, clock: Clock) -> datetime:
        calendar = calendars[place.facility_id]
        span = spans.get((place.queue_id, clock), HOUSE_TARGETS[clock])
        memo = id(calendar), span
        if memo not in counted:
            counted[memo] = ADD[span.unit](calendar, at, span.amount)
        return counted[memo]

    return {
        place: DueTimes(due(place, Clock.FIRST_TOUCH), due(place, Clock.RESOLVE))
        for place in set(places)
    }


def _spans(queue_ids: Collection[int]) -> dict[tuple[int, Clock], Span]:
    rows = Target.objects.filter(queue_id=any_id(queue_ids)).order_by("pk")
    return {(row.queue_id, Clock(row.clock)): Span(row.amount, Unit(row.unit)) for row in rows}


def calendars_of(facility_ids: Collection[int]) -> dict[int, BusinessCalendar]:
    """The calendar of each facility; facilities that share one get the same object."""
    facilities = Facility.objects.filter(pk=any_id(facility_ids)).order_by("pk")
    rows = list(Calendar.objects.filter(facility_id=any_id(facility_ids)).order_by("pk")) + list(
        Calendar.objects.filter(key=HOUSE).order_by("pk")
    )
    holidays: dict[int, set[date]] = {row.pk: set() for row in rows}
    for calendar_id, on in Holiday.objects.filter(
        calendar_id=any_id(row.pk for row in rows)
    ).values_list("calendar_id", "on"):
        holidays[calendar_id].add(on)
    own = {row.facility_id: row for row in rows if row.facility_id is not None}
    house = next(row for row in rows if row.key == HOUSE)
    built: dict[tuple[int, str], BusinessCalendar] = {}
    found: dict[int, BusinessCalendar] = {}
    for facility in facilities:
        row = own.get(facility.pk, house)
        zone = row.time_zone if facility.pk in own else facility.time_zone
        if (row.pk, zone) not in built:
            built[row.pk, zone] = BusinessCalendar(
                ZoneInfo(zone), hours_of(row.hours), frozenset(holidays[row.pk])
            )
        found[facility.pk] = built[row.pk, zone]
    return found
