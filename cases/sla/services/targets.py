"""What targets and calendars make of a place: the terms of its clocks, and due times by them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q

from cases.sla.business_time import BusinessCalendar, hours_of
from cases.sla.clock_readings import Reading, read
from cases.sla.clock_rules import CAP, Run, Terms
from cases.sla.models import Calendar, Holiday, Target
from cases.sla.vocabulary import Clock, CountsIn, PauseReason, Unit
from cases.work.sets import any_id
from integrations.canonical.models import Facility

HOUSE = "house"
PAUSES = frozenset({PauseReason.PAYER, PauseReason.INFO})
Zoned = tuple[int, str]  # a calendar, and the zone it is counted in


class Place(NamedTuple):
    """Where a case stands: its queue, facility, type and payer; keys of rows."""

    queue_id: int
    facility_id: int
    case_type: str = ""
    payer_id: int | None = None


class DueTimes(NamedTuple):
    """By when a case is to be touched first, and resolved."""

    first_touch_due_at: datetime
    resolve_due_at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """How much a target allows, counted in whose calendar, pausing for what and how long."""

    amount: int
    unit: Unit
    counts_in: CountsIn = CountsIn.SITE
    pauses: frozenset[PauseReason] = frozenset()
    cap: int = CAP


@dataclass(frozen=True, slots=True)
class Started:
    """The clocks of a case that comes to a place: each with its reading."""

    readings: Mapping[Clock, Reading]

    @property
    def due(self) -> DueTimes:
        """The due times of the case."""
        return DueTimes(
            self.readings[Clock.FIRST_TOUCH].due_at, self.readings[Clock.RESOLVE].due_at
        )


# A queue that an administrator has given no target yet.
HOUSE_TARGETS = {
    Clock.FIRST_TOUCH: Span(2, Unit.BUSINESS_DAYS),
    Clock.RESOLVE: Span(10, Unit.BUSINESS_DAYS, pauses=PAUSES),
}


def due_times(*, places: Collection[Place], at: datetime) -> dict[Place, DueTimes]:
    """The due times of a case that comes to each of these places now."""
    return {place: each.due for place, each in starts(places=places, at=at).items()}


def starts(*, places: Collection[Place], at: datetime) -> dict[Place, Started]:
    """The clocks of a case that comes to each of these places now.

    Equal terms are counted once. Five queries for any number of places.
    """
    terms = terms_for(places=places)
    calendars = calendars_for(each for held in terms.values() for each in held.values())
    read_once: dict[tuple[Clock, Terms], Reading] = {}
    for held in terms.values():
        for clock, each in held.items():
            if (clock, each) not in read_once:
                calendar = calendars[each.calendar_id, each.zone]
                read_once[clock, each] = read(Run(clock, 1, each, at), calendar)
    return {
        place: Started({clock: read_once[clock, each] for clock, each in held.items()})
        for place, held in terms.items()
    }


def terms_for(*, places: Collection[Place]) -> dict[Place, dict[Clock, Terms]]:
    """What the clocks of a case at each of these places allow. Three queries.

    A facility without a calendar has the house's hours and holidays in its own time zone.
    """
    spans = _spans({place.queue_id for place in places})
    calendars = _Calendars.of(places)
    found = {}
    for place in set(places):
        held = {}
        for clock in Clock:
            span = _span(spans, place, clock)
            calendar_id, zone = calendars.zoned(place, span.counts_in)
            held[clock] = Terms(span.amount, span.unit, calendar_id, zone, span.pauses, span.cap)
        found[place] = held
    return found


def calendars_for(terms: Iterable[Terms]) -> dict[Zoned, BusinessCalendar]:
    """The calendars that terms are counted in, by calendar and zone. Two queries."""
    return _built({(each.calendar_id, each.zone) for each in terms})


def _built(wanted: Collection[Zoned]) -> dict[Zoned, BusinessCalendar]:
    rows = {row.pk: row for row in Calendar.objects.filter(pk=any_id({pk for pk, _ in wanted}))}
    holidays: dict[int, set[date]] = defaultdict(set)
    for calendar_id, on in Holiday.objects.filter(calendar_id=any_id(rows)).values_list(
        "calendar_id", "on"
    ):
        holidays[calendar_id].add(on)
    return {
        (pk, zone): BusinessCalendar(
            ZoneInfo(zone), hours_of(rows[pk].hours), frozenset(holidays[pk])
        )
        for pk, zone in wanted
    }


def calendars_of(facility_ids: Collection[int]) -> dict[int, BusinessCalendar]:
    """The calendar of each site; sites that share one get the same object. Four queries."""
    places = [Place(0, facility_id) for facility_id in facility_ids]
    which = _Calendars.of(places)
    zoned = {place.facility_id: which.zoned(place, CountsIn.SITE) for place in places}
    built = _built(set(zoned.values()))
    return {facility_id: built[each] for facility_id, each in zoned.items()}


@dataclass(frozen=True, slots=True)
class _Calendars:
    """Which calendar counts where."""

    house: int
    zones: Mapping[int, str]
    sites: Mapping[int, Zoned]
    payers: Mapping[int, Zoned]

    @classmethod
    def of(cls, places: Collection[Place]) -> "_Calendars":
        facilities = any_id({place.facility_id for place in places})
        payers = any_id({place.payer_id for place in places if place.payer_id is not None})
        rows = list(
            Calendar.objects.filter(
                Q(key=HOUSE) | Q(facility_id=facilities) | Q(payer_id=payers)
            ).order_by("pk")
        )
        zones = Facility.objects.filter(pk=facilities).values_list("pk", "time_zone")
        return cls(
            house=next(row.pk for row in rows if row.key == HOUSE),
            zones=dict(zones),
            sites={row.facility_id: (row.pk, row.time_zone) for row in rows if row.facility_id},
            payers={row.payer_id: (row.pk, row.time_zone) for row in rows if row.payer_id},
        )

    def zoned(self, place: Place, counts_in: CountsIn) -> Zoned:
        payers = self.payers.get(place.payer_id or 0) if counts_in is CountsIn.PAYER else None
        own = payers or self.sites.get(place.facility_id)
        return own or (self.house, self.zones[place.facility_id])


def _spans(queue_ids: Collection[int]) -> dict[tuple[int, str, Clock], Span]:
    rows = Target.objects.filter(queue_id=any_id(queue_ids)).order_by("pk")
    return {(row.queue_id, row.case_type, Clock(row.clock)): _span_of(row) for row in rows}


def _span(spans: Mapping[tuple[int, str, Clock], Span], place: Place, clock: Clock) -> Span:
    for case_type in (place.case_type, ""):
        span = spans.get((place.queue_id, case_type, clock))
        if span is not None:
            return span
    return HOUSE_TARGETS[clock]


def _span_of(target: Target) -> Span:
    allowed = {
        PauseReason.PAYER: target.pauses_for_payer,
        PauseReason.INFO: target.pauses_for_info,
        PauseReason.DEFERRED: target.pauses_when_deferred,
    }
    pauses = frozenset(reason for reason, is_allowed in allowed.items() if is_allowed)
    return Span(
        target.amount,
        Unit(target.unit),
        CountsIn(target.counts_in),
        frozenset() if target.clock == Clock.FIRST_TOUCH else pauses,
        target.pause_cap,
    )
