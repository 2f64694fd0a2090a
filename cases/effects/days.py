"""On which day may be posted. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from billing_portal.kernel.pure.errors import DomainError

DAY = timedelta(days=1)


class NoOpenPeriod(DomainError):
    """No fiscal period on or after the day takes postings."""

    code = "no_open_period"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, open or closed, of one site or of all (`is_own` false)."""

    starts_on: date
    ends_on: date
    is_open: bool
    is_own: bool = False


def posting_day(periods: Iterable[Period], on: date) -> date:
    """The day itself if it is open, else the first open day after it. Raises NoOpenPeriod.

    Source: the house's posting rules: a closed period takes nothing; the original day is kept.
    """
    held = list(periods)
    edges = {each.starts_on for each in held} | {each.ends_on + DAY for each in held}
    for day in sorted({on} | {edge for edge in edges if edge > on}):
        if is_open(held, day):
            return day
    message = f"No fiscal period from {on} on is open. The controller opens one under Set-up."
    raise NoOpenPeriod(message)


def is_open(periods: Iterable[Period], on: date) -> bool:
    """Whether a day takes postings: a site's own period decides, else everybody's, else nothing."""
    covering = [each for each in periods if each.starts_on <= on <= each.ends_on]
    ruling = [each for each in covering if each.is_own] or covering
    return any(each.is_open for each in ruling)
