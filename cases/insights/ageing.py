"""Age in business days, as moments: so that one comparison sorts any number of cases. Pure.

A case is as old as the business days that lie between the day it was opened and today (scope K2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

EDGES = (5, 10, 20, 30, 60, 90)
"""The oldest that each bucket but the last takes, in business days."""
DAY = timedelta(days=1)
FARTHEST = 3_660


@dataclass(frozen=True, slots=True)
class Bucket:
    """Cases opened in `[since, until)`; None is open-ended."""

    label: str
    since: datetime | None
    until: datetime | None


def days_back(today: date, days: int, *, is_open: Callable[[date], bool]) -> date:
    """The earliest day from which at most so many business days have passed until today."""
    day, left = today, days
    for _ in range(FARTHEST):
        if is_open(day):
            if not left:
                break
            left -= 1
        day -= DAY
    while not is_open(day - DAY) and today - day < timedelta(days=FARTHEST):
        day -= DAY
    return day


def buckets(today: date, *, is_open: Callable[[date], bool], zone: tzinfo) -> list[Bucket]:
    """0-5, 6-10, … and over 90 business days, each with its moments; none overlaps another."""
    starts = [_midnight(days_back(today, edge, is_open=is_open), zone) for edge in EDGES]
    found, low, until = [], 0, None
    for edge, since in zip(EDGES, starts, strict=True):
        found.append(Bucket(f"{low}–{edge}", since, until))
        low, until = edge + 1, since
    return [*found, Bucket(f"Over {EDGES[-1]}", None, until)]


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
