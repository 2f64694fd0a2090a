"""What a back-test found: what a draft would have done to the cases of the last days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class Moved:
    """Cases that would have stood elsewhere: from where to where, in words."""

    before: str
    after: str
    currency: str
    cases: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Load:
    """What would have come to one queue, and how many of its clocks would have breached."""

    queue: str
    before: int
    after: int
    breached_before: int
    breached_after: int


@dataclass(frozen=True, slots=True)
class Share:
    """One person's even share of what comes to the queues that this person works."""

    username: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Exposed:
    """Amount at risk of the cases that would have been treated otherwise."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Sample:
    """One case that would have been treated otherwise, by its public id; shown to who sees it."""

    case: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of both sides, as it reads."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class BacktestReport(Details):
    """A draft against what is in force, over the cases opened from `since` on, before `until`.

    `changed` are the cases that would have been treated otherwise. `breached` counts resolve clocks
    past their target. `figures` are what a book counts instead. The same cases and drafts give the
    same report.
    """

    since: date
    until: date
    cases: int
    changed: int
    breached_before: int
    breached_after: int
    exposed: tuple[Exposed, ...]
    moves: tuple[Moved, ...]
    queues: tuple[Load, ...]
    people: tuple[Share, ...]
    samples: tuple[Sample, ...]
    conflicts: tuple[str, ...]
    figures: tuple[Figure, ...] = ()


def kept_report(data: Mapping[str, Any]) -> BacktestReport:
    """Read what was kept with an edition; reports of before had no figures."""
    return BacktestReport.from_json({"figures": [], **data})
