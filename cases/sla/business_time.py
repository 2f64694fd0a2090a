"""Business time: hours and days counted in a site's calendar. Pure.

Local clock times are resolved in the calendar's own zone and measured as elapsed time, so that the
hour which daylight saving removes or repeats is counted as it passes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from billing_portal.kernel.pure.errors import DomainError

HORIZON_DAYS = 3 * 366
DAY = timedelta(days=1)
Intervals = tuple[tuple[time, time], ...]


class NeverOpen(DomainError):
    """A calendar has no open hours within three years, so nothing can be counted in it."""

    code = "never_open"


@dataclass(frozen=True)
class BusinessCalendar:
    """When a site is open: `hours` by ISO weekday (1 Monday .. 7 Sunday), in `zone`.

    Intervals of a day are in order and do not overlap; one that ends at 00:00 ends at midnight.
    """

    zone: ZoneInfo
    hours: Mapping[int, Intervals]
    holidays: frozenset[date]

    def is_open_on(self, day: date) -> bool:
        """Whether any hour of this day is a business hour."""
        return day not in self.holidays and bool(self.hours.get(day.isoweekday()))

    def intervals_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The open intervals of a local day, as moments in UTC."""
        if day in self.holidays:
            return []
        return [
            (self.moment(day, start), self._end(day, end))
            for start, end in self.hours.get(day.isoweekday(), ())
        ]

    def moment(self, day: date, clock: time) -> datetime:
        """The moment of a local clock time.

        One that daylight saving skips is counted on the clock before the change.
        """
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()

    def _end(self, day: date, clock: time) -> datetime:
        return self.moment(day + DAY, clock) if clock == time.min else self.moment(day, clock)


def hours_of(hours: Mapping[str, list[list[str]]]) -> dict[int, Intervals]:
    """Opening hours as stored ("1".."7" to [["08:00", "17:00"]]) as the calendar counts them."""
    return {
        int(day): tuple(
            (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in intervals
        )
        for day, intervals in hours.items()
    }


def add_business_hours(calendar: BusinessCalendar, start: datetime, hours: int) -> datetime:
    """The moment at which so many open hours have passed since `start`. Raises NeverOpen."""
    return add_open_time(calendar, start, timedelta(hours=hours))


def add_open_time(calendar: BusinessCalendar, start: datetime, left: timedelta) -> datetime:
    """The moment at which so much open time has passed since `start`. Raises NeverOpen."""
    for opens, closes in _intervals_from(calendar, start):
        begin = max(opens, start.astimezone(UTC))
        if begin + left <= closes:
            return begin + left
        left -= max(closes - begin, timedelta())
    raise _never(calendar)


def open_between(calendar: BusinessCalendar, start: datetime, end: datetime) -> timedelta:
    """How much open time passes from `start` to `end`; nothing when `end` comes first."""
    passed, day = timedelta(), calendar.day_of(start) - DAY
    last = calendar.day_of(end)
    while day <= last:
        for opens, closes in calendar.intervals_on(day):
            passed += max(min(closes, end) - max(opens, start), timedelta())
        day += DAY
    return passed


def open_time_before(calendar: BusinessCalendar, end: datetime, left: timedelta) -> datetime:
    """The last moment from which so much open time passes until `end`. Raises NeverOpen."""
    day = calendar.day_of(end) + DAY
    for _ in range(HORIZON_DAYS):
        for opens, closes in reversed(calendar.intervals_on(day)):
            until = min(closes, end.astimezone(UTC))
            if until - left >= opens:
                return until - left
            left -= max(until - opens, timedelta())
        day -= DAY
    raise _never(calendar)


def end_of_business(calendar: BusinessCalendar, moment: datetime) -> datetime:
    """The first end of a business day that comes at this moment or after. Raises NeverOpen."""
    day = calendar.day_of(moment) - DAY
    for _ in range(HORIZON_DAYS):
        closing = _closing(calendar, day)
        if closing is not None and closing >= moment:
            return closing
        day += DAY
    raise _never(calendar)


def next_open(calendar: BusinessCalendar, moment: datetime) -> datetime:
    """This moment, if it is a business hour, else the next opening. Raises NeverOpen."""
    for opens, _closes in _intervals_from(calendar, moment):
        return max(opens, moment.astimezone(UTC))
    raise _never(calendar)


def closings_between(calendar: BusinessCalendar, start: datetime, end: datetime) -> int:
    """How many business days end after `start` and by `end`."""
    day, last = calendar.day_of(start) - DAY, calendar.day_of(end)
    count = 0
    while day <= last:
        closing = _closing(calendar, day)
        count += closing is not None and start < closing <= end
        day += DAY
    return count


def add_business_days(calendar: BusinessCalendar, start: datetime, days: int) -> datetime:
    """Close of business of the so-manieth business day after the one on which `start` falls.

    What comes on a closed day or after the last closing counts as of the next business day; zero
    days is the close of that day. Raises NeverOpen.
    """
    left = days
    day = calendar.day_of(start)
    for _ in range(HORIZON_DAYS):
        closing = _closing(calendar, day)
        if closing is not None and closing > start:
            if left == 0:
                return closing
            left -= 1
        day += DAY
    raise _never(calendar)


def add_calendar_days(calendar: BusinessCalendar, start: datetime, days: int) -> datetime:
    """The same local clock time so many days later, open or not."""
    local = start.astimezone(calendar.zone)
    return calendar.moment(local.date() + timedelta(days=days), local.time())


def _intervals_from(
    calendar: BusinessCalendar, start: datetime
) -> Iterator[tuple[datetime, datetime]]:
    day = calendar.day_of(start)
    for _ in range(HORIZON_DAYS):
        for opens, closes in calendar.intervals_on(day):
            if closes > start:
                yield opens, closes
        day += DAY


def _closing(calendar: BusinessCalendar, day: date) -> datetime | None:
    intervals = calendar.intervals_on(day)
    return intervals[-1][1] if intervals else None


def _never(calendar: BusinessCalendar) -> NeverOpen:
    message = f"The calendar in {calendar.zone.key} has no business hours to count in."
    return NeverOpen(message)
