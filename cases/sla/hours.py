"""Opening hours as people write them: “08:00–12:00, 13:00–17:00”. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from billing_portal.kernel.pure.errors import DomainError
from cases.sla.business_time import DAY, BusinessCalendar

INTERVAL = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")
WEEK = {
    1: "Monday",
    2: "Tuesday",
    3: "Wednesday",
    4: "Thursday",
    5: "Friday",
    6: "Saturday",
    7: "Sunday",
}
Stored = dict[str, list[list[str]]]


class HoursRefused(DomainError):
    """These hours cannot be counted in."""

    code = "hours_refused"


def stored(days: Mapping[int, str]) -> Stored:
    """The week as it is stored, from a line a weekday. Raises HoursRefused."""
    week = {str(day): read_day(text, day=WEEK[day]) for day, text in days.items()}
    if not any(week.values()):
        message = "A calendar is open for some hours of the week: nothing could be counted in it."
        raise HoursRefused(message)
    return {day: intervals for day, intervals in week.items() if intervals}


def read_day(text: str, *, day: str) -> list[list[str]]:
    """The intervals of one day, in order. Raises HoursRefused with what is wrong."""
    intervals = [_interval(part, day=day) for part in text.split(",") if part.strip()]
    for opens, closes in intervals:
        if _end(closes) <= opens:
            message = f"{day}: {_words(opens, closes)} ends before it begins."
            raise HoursRefused(message)
    for (_, closes), (opens, then) in pairwise(intervals):
        if opens < _end(closes):
            message = (
                f"{day}: {_words(opens, then)} begins before the interval in front of it ends. "
                "Write the intervals in order, without overlap."
            )
            raise HoursRefused(message)
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in intervals]


def written(hours: Stored, day: int) -> str:
    """The hours of a weekday as people write them; empty when it is closed."""
    return ", ".join(f"{opens}–{closes}" for opens, closes in hours.get(str(day), []))


def clock_changes(calendar: BusinessCalendar, *, start: date, days: int = 366) -> list[date]:
    """The days on which the calendar's zone changes its clocks."""
    offsets = [
        (day, datetime.combine(day, time(12), tzinfo=calendar.zone).utcoffset())
        for day in (start + timedelta(days=number) for number in range(days))
    ]
    return [day for (_, before), (day, after) in pairwise(offsets) if before != after]


def friday_before(day: date) -> date:
    """The Friday before a day."""
    day -= DAY
    while day.isoweekday() != 5:
        day -= DAY
    return day


def _interval(part: str, *, day: str) -> tuple[time, time]:
    found = INTERVAL.fullmatch(part.strip())
    clocks = [_clock(each) for each in found.groups()] if found else []
    if len(clocks) != 2 or None in clocks:
        message = f"{day}: “{part.strip()}” is no interval. Write it like 08:00–17:00."
        raise HoursRefused(message)
    return clocks[0], clocks[1]  # type: ignore[return-value]  # None is refused above


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError:
        return None


def _end(closes: time) -> time:
    return time.max if closes == time.min else closes


def _words(opens: time, closes: time) -> str:
    return f"{opens:%H:%M}–{closes:%H:%M}"
