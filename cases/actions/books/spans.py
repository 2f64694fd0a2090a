"""Targets and calendars as tables that SQL can count in: when a case would have been due.

A calendar is laid out as sorted arrays, so that the due time of any case is a look-up: `closings`
are the ends of business days, `opens` and `closes` all open intervals, `starts` and `ends` the open
seconds that have passed by then.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cases.sla.business_time import BusinessCalendar
from cases.sla.models import Target
from cases.sla.services import calendars_of
from cases.sla.services.targets import HOUSE_TARGETS
from cases.sla.vocabulary import Clock
from cases.work.models import Queue
from cases.work.types import CASE_TYPES
from integrations.canonical.models import Facility

DAY = timedelta(days=1)


class Span(NamedTuple):
    """How much of what a queue's cases may take to be resolved."""

    amount: int
    unit: str


Spans = Mapping[tuple[int, str], Span]  # by queue and case type


@dataclass(frozen=True, slots=True)
class Period:
    """The cases of a back-test: opened from `since` on and before `until`, seen as of then."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, *, days: int, at: datetime) -> "Period":
        """The last days before a moment."""
        return cls(at - timedelta(days=days), at)

    def days(self) -> Iterator[date]:
        """Every day that the period may touch, in any time zone."""
        day = self.since.date() - 2 * DAY
        while day <= self.until.date() + 2 * DAY:
            yield day
            day += DAY


def spans_of(targets: Iterable[Mapping[str, Any]], clock: Clock) -> Spans:
    """One clock's target of every queue and case type, given some; else the house's.

    A target without a case type holds for every type that has none of its own.
    """
    house = HOUSE_TARGETS[clock]
    given = {
        (each["queue_id"], each["case_type"]): Span(each["amount"], each["unit"])
        for each in targets
        if each["clock"] == clock
    }
    fallback = Span(house.amount, house.unit.value)
    return {
        (pk, case_type.key): given.get((pk, case_type.key)) or given.get((pk, ""), fallback)
        for pk in Queue.objects.order_by("pk").values_list("pk", flat=True)
        for case_type in CASE_TYPES
    }


def spans_in_force() -> Spans:
    """The resolve targets as the rows stand."""
    rows = Target.objects.order_by("pk")
    values = rows.values("queue_id", "case_type", "clock", "amount", "unit")
    return spans_of(values, Clock.RESOLVE)


def as_rows(spans: Spans) -> list[dict[str, Any]]:
    """Spans as SQL takes them."""
    return [
        {"queue_id": pk, "case_type": case_type, "amount": span.amount, "unit": span.unit}
        for (pk, case_type), span in spans.items()
    ]


def sites(period: Period) -> list[dict[str, Any]]:
    """The calendar of every facility over a period, as SQL takes it."""
    facilities = list(Facility.objects.order_by("pk").values_list("pk", flat=True))
    laid: dict[int, dict[str, Any]] = {}
    found = []
    for pk, calendar in calendars_of(facilities).items():
        if id(calendar) not in laid:
            laid[id(calendar)] = {"zone": calendar.zone.key, **_laid_out(calendar, period.days())}
        found.append({"facility_id": pk, **laid[id(calendar)]})
    return found


def _laid_out(calendar: BusinessCalendar, days: Iterable[date]) -> dict[str, list[Any]]:
    """A calendar's open intervals in order, with the open seconds that have passed."""
    found: dict[str, list[Any]] = {
        name: [] for name in ("closings", "opens", "closes", "starts", "ends")
    }
    passed = 0.0
    for day in days:
        intervals = calendar.intervals_on(day)
        for opens, closes in intervals:
            found["opens"].append(opens.isoformat())
            found["closes"].append(closes.isoformat())
            found["starts"].append(passed)
            passed += (closes - opens).total_seconds()
            found["ends"].append(passed)
        if intervals:
            found["closings"].append(intervals[-1][1].isoformat())
    return found
