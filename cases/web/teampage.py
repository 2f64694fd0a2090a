"""The supervisor's page: every number is a link to the cases that it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from billing_portal.accounts.models import User
from cases.insights.ageing import Bucket
from cases.insights.productivity import Output
from cases.insights.queries import Ages, Load, Team, team
from cases.web.presenters import headline_money, shown_day
from cases.web.projectpage import percent
from cases.web.worklist import moment_of
from cases.work.filters import NOBODY

UNASSIGNED = "Nobody yet"
BAR = 110
"""Pixels of the longest bar."""


@dataclass(frozen=True, slots=True)
class Number:
    """A count and the address of the worklist that holds exactly these cases."""

    count: int
    url: str


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One person's cases in one queue, or in all of them."""

    label: str
    cases: Number
    amount: str
    today: Number
    overdue: Number
    share: str
    quiet: Number
    back: Number
    oldest: str
    bar: int


@dataclass(frozen=True, slots=True)
class PersonRows:
    """One person: all queues, then each."""

    name: str
    total: LoadRow
    queues: list[LoadRow]


@dataclass(frozen=True, slots=True)
class AgeRow:
    """One queue's ages."""

    queue: str
    counts: list[Number]


@dataclass(frozen=True, slots=True)
class OutputRow:
    """What one person finished, and how good it was."""

    name: str
    per_day: str
    bar: int
    ended: str
    weight: str
    days: int
    sampled: int
    reviewed: int
    agreed: str
    interval: str


def output_rows(found: list[Output]) -> list[OutputRow]:
    """Everybody's thirty days, with a bar as long as the weight per day is high."""
    most = max((each.per_day for each in found), default=Decimal(1))
    return [
        OutputRow(
            name=each.name,
            per_day=f"{each.per_day:.1f}",
            bar=round(BAR * each.per_day / most),
            ended=f"{each.ended:,}",
            weight=f"{each.weight:,.1f}",
            days=each.days,
            sampled=each.sampled,
            reviewed=each.agreed.whole,
            agreed=percent(each.agreed.rate),
            interval=f"{percent(each.interval.low)} to {percent(each.interval.high)}"
            if each.agreed.whole
            else "—",
        )
        for each in found
    ]


class TeamPage:
    """The queues that the reader leads."""

    def __init__(self, reader: User, *, now: datetime) -> None:
        zone = timezone.get_current_timezone()
        today = timezone.localtime(now).date()
        self.team: Team = team(reader, moment=moment_of(now), today=today, zone=zone)
        self.most = max((sum(each.cases for each in rows) for _, rows in self._people), default=1)

    @property
    def _people(self) -> list[tuple[str, list[Load]]]:
        by_person = sorted(self.team.loads, key=lambda load: (load.name == "", load.name.lower()))
        grouped = groupby(by_person, key=lambda load: load.username)
        return [(username, list(rows)) for username, rows in grouped]

    @property
    def people(self) -> list[PersonRows]:
        """Everybody who has something, and what nobody has."""
        return [
            PersonRows(
                rows[0].name or UNASSIGNED,
                self.row("All queues", rows),
                [self.row(each.queue_name, [each]) for each in rows] if len(rows) > 1 else [],
            )
            for _username, rows in self._people
        ]

    @property
    def total(self) -> dict[str, Any]:
        """The headline."""
        loads = self.team.loads
        return {
            "cases": f"{sum(each.cases for each in loads):,}",
            "amount": headline_money(sum((each.amount for each in loads), start=Decimal(0))),
            "overdue": f"{sum(each.overdue for each in loads):,}",
            "unassigned": f"{sum(each.cases for each in loads if not each.username):,}",
        }

    def row(self, label: str, loads: list[Load]) -> LoadRow:
        """Some loads of one person as one row."""

        def number(column: str, view: str = "open", **more: str) -> Number:
            return Number(
                sum(getattr(each, column) for each in loads), address(loads, view, **more)
            )

        cases, late = number("cases"), number("overdue", "overdue")
        return LoadRow(
            label=label if len(loads) > 1 else loads[0].queue_name,
            cases=cases,
            amount=headline_money(sum((each.amount for each in loads), start=Decimal(0))),
            today=number("today", "today"),
            overdue=late,
            share=f"{late.count / cases.count:.0%}",
            quiet=number("quiet", quiet_since=self.team.quiet_since.isoformat()),
            back=number("back", came_back="true"),
            oldest=shown_day(min(each.oldest for each in loads)),
            bar=round(BAR * cases.count / self.most),
        )

    @property
    def passed(self) -> list[tuple[str, int, Number]]:
        """Who passed cases over, how often, and which of the queues that the reader leads."""
        queues = ",".join(sorted({each.queue for each in self.team.loads}))
        return [
            (each.name, each.skips, Number(each.cases, passed_url(each.username, queues)))
            for each in self.team.passed
        ]

    @property
    def labels(self) -> list[str]:
        """The buckets' names."""
        return [band.label for band in self.team.buckets]

    @property
    def ages(self) -> list[AgeRow]:
        """Each queue's ages."""
        return [AgeRow(each.queue_name, list(self._aged(each))) for each in self.team.ages]

    def _aged(self, ages: Ages) -> Iterable[Number]:
        for band, count in zip(self.team.buckets, ages.counts, strict=True):
            path = reverse("cases:queue", args=[ages.queue])
            yield Number(count, f"{path}?{urlencode({'view': 'open'} | span_of(band))}")


def address(loads: list[Load], view: str, **more: str) -> str:
    """The worklist of one person's cases in some queues."""
    asked = {"view": view, "owner": loads[0].username or NOBODY, **more}
    if len(loads) == 1:
        return f"{reverse('cases:queue', args=[loads[0].queue])}?{urlencode(asked)}"
    asked["queue"] = ",".join(each.queue for each in loads)
    return f"{reverse('cases:all')}?{urlencode(asked)}"


def passed_url(username: str, queues: str) -> str:
    """The worklist of what somebody passed over in some queues."""
    asked = {"view": "open", "queue": queues, "passed_over_by": username}
    return f"{reverse('cases:all')}?{urlencode(asked)}"


def span_of(band: Bucket) -> dict[str, str]:
    """A bucket as the worklist narrows by it."""
    edges = {"opened_after": band.since, "opened_before": band.until}
    return {name: edge.isoformat() for name, edge in edges.items() if edge is not None}
