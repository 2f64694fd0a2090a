"""Calendars as their pages show them: a month as a grid, hours by weekday, what would be due."""

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from cases.sla.business_time import BusinessCalendar, hours_of
from cases.sla.clock_readings import ADD
from cases.sla.hours import WEEK, clock_changes, friday_before, written
from cases.sla.models import Calendar, Holiday
from cases.sla.vocabulary import Unit

SAMPLES = (
    (4, Unit.BUSINESS_HOURS),
    (1, Unit.BUSINESS_DAYS),
    (2, Unit.BUSINESS_DAYS),
    (10, Unit.BUSINESS_DAYS),
    (30, Unit.CALENDAR_DAYS),
)
LISTED = 60


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the grid; `words` are its hours, or why it is closed."""

    number: int
    words: str
    is_open: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """A target, and by when it would be due."""

    target: str
    due: str


@dataclass(frozen=True, slots=True)
class Change:
    """A day on which the clocks change, and what is due across it."""

    day: date
    words: str


class CalendarPage:
    """One calendar, with one of its months."""

    def __init__(self, row: Calendar, *, today: date, month: date, opened: datetime) -> None:
        self.row, self.today, self.month = row, today, month.replace(day=1)
        self.closed = {day.on: day for day in Holiday.objects.filter(calendar=row).order_by("on")}
        self.counted = counted_of(row, self.closed)
        self.opened = opened

    @property
    def whose(self) -> str:
        """A site's, a payer's or the house's."""
        return whose(self.row)

    @property
    def hours(self) -> list[tuple[str, str]]:
        """A line a weekday."""
        return [(name, written(self.row.hours, day) or "Closed") for day, name in WEEK.items()]

    @property
    def weeks(self) -> list[list[Day | None]]:
        """The month as weeks from Monday; None stands for a day of another month."""
        days = months.Calendar().monthdatescalendar(self.month.year, self.month.month)
        return [
            [self.day(on) if on.month == self.month.month else None for on in week] for week in days
        ]

    def day(self, on: date) -> Day:
        """One day."""
        closed = self.closed.get(on)
        hours = written(self.row.hours, on.isoweekday())
        return Day(
            number=on.day,
            words=closed.name if closed else hours or "Closed",
            is_open=self.counted.is_open_on(on),
            is_today=on == self.today,
        )

    @property
    def next_month(self) -> date:
        """The first of the month after."""
        return (self.month + timedelta(days=31)).replace(day=1)

    @property
    def last_month(self) -> date:
        """The first of the month before."""
        return (self.month - timedelta(days=1)).replace(day=1)

    @property
    def coming(self) -> list[Holiday]:
        """The closed days from today on."""
        return [day for on, day in self.closed.items() if on >= self.today][:LISTED]

    @property
    def opened_words(self) -> str:
        """The moment the samples count from."""
        return _local(self.opened, self.counted)

    @property
    def opened_value(self) -> str:
        """The same for the form's field."""
        return f"{self.opened.astimezone(self.counted.zone):%Y-%m-%dT%H:%M}"

    @property
    def samples(self) -> list[Sample]:
        """By when a case opened then would be due."""
        return [
            Sample(
                f"{amount} {unit.label.lower()}",
                _local(ADD[unit](self.counted, self.opened, amount), self.counted),
            )
            for amount, unit in SAMPLES
        ]

    @property
    def changes(self) -> list[Change]:
        """The coming changes of the clocks, each with what is due across it."""
        return [self.change(day) for day in clock_changes(self.counted, start=self.today)]

    def change(self, day: date) -> Change:
        """What four business hours from the Friday before come to."""
        friday = datetime.combine(friday_before(day), datetime.min.time(), self.counted.zone)
        start = friday + timedelta(hours=16, minutes=30)
        due = ADD[Unit.BUSINESS_HOURS](self.counted, start, 4)
        words = f"Opened {_local(start, self.counted)}, due in four business hours: "
        return Change(day, words + _local(due, self.counted))


def counted_of(row: Calendar, closed: Mapping[date, Holiday]) -> BusinessCalendar:
    """A calendar to count in."""
    return BusinessCalendar(ZoneInfo(row.time_zone), hours_of(row.hours), frozenset(closed))


def whose(row: Calendar) -> str:
    """A site's, a payer's or the house's."""
    return str(row.facility or row.payer or "The house: every site without a calendar of its own")


def _local(moment: datetime, calendar: BusinessCalendar) -> str:
    return date_format(moment.astimezone(calendar.zone), "D M j, Y, H:i")
