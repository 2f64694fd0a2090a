"""What stands with whom in the queues that somebody leads: set-wise, constant queries."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, Sum, TextField, Value

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from cases.insights.ageing import Bucket, buckets, days_back
from cases.priority.models import Skip
from cases.sla.business_time import BusinessCalendar, hours_of
from cases.sla.models import Calendar, Holiday
from cases.work.models import Case
from cases.work.queries import Moment, overdue
from cases.work.querysets import CaseQuerySet
from cases.work.visibility import LEAD_QUEUE

HOUSE = "house"
QUIET_DAYS = 5
"""Business days without an event after which a case in somebody's hands stands still (K37)."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one person, or nobody, has open in one queue."""

    username: str
    name: str
    queue: str
    queue_name: str
    cases: int
    amount: Decimal
    today: int
    overdue: int
    quiet: int
    back: int
    oldest: datetime

    @property
    def overdue_share(self) -> float:
        """Of all that is open."""
        return self.overdue / self.cases


@dataclass(frozen=True, slots=True)
class Ages:
    """How old the open cases of one queue are, by bucket."""

    queue: str
    queue_name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """How often somebody passed over cases that are open still, and how many these are."""

    username: str
    name: str
    skips: int
    cases: int


@dataclass(frozen=True, slots=True)
class Team:
    """The queues that somebody leads: load by person and queue, ages by queue, who passes over."""

    loads: list[Load]
    passed: list[Passed]
    ages: list[Ages]
    buckets: list[Bucket]
    quiet_since: datetime


def led_by(reader: User) -> CaseQuerySet:
    """The open cases of the queues that somebody leads, at the sites they see."""
    led = scope_ids(reader, LEAD_QUEUE)
    return Case.objects.visible_to(reader).open().filter(queue__in=led)


def team(reader: User, *, moment: Moment, today: date, zone: tzinfo) -> Team:
    """Load, ages, skips. Six queries for any number of cases, people and queues."""
    calendar = house_calendar()
    bands = buckets(today, is_open=calendar.is_open_on, zone=zone)
    still = days_back(today, QUIET_DAYS, is_open=calendar.is_open_on)
    since = datetime(still.year, still.month, still.day, tzinfo=zone)
    cases = led_by(reader)
    return Team(_loads(cases, moment, since), _passed(cases), _ages(cases, bands), bands, since)


def house_calendar() -> BusinessCalendar:
    """The hours and holidays of the house. Two queries."""
    row = Calendar.objects.get(key=HOUSE)
    holidays = Holiday.objects.filter(calendar=row).values_list("on", flat=True)
    return BusinessCalendar(ZoneInfo(row.time_zone), hours_of(row.hours), frozenset(holidays))


def _loads(cases: CaseQuerySet, moment: Moment, since: datetime) -> list[Load]:
    marked = _marked(cases, since)
    due_today = Q(resolve_due_at__gte=moment.now, resolve_due_at__lt=moment.day_ends)
    rows = (
        cases.order_by()
        .values(
            "owner__username", "owner__full_name", "queue__key", "queue__name", "queue__position"
        )
        .annotate(
            open=Count("pk"),
            amount=Sum("amount_at_risk"),
            today=Count("pk", filter=due_today),
            overdue=Count("pk", filter=overdue(moment.now)),
            oldest=Min("opened_at"),
        )
        .order_by("owner__full_name", "owner__username", "queue__position", "queue__key")
    )
    return [
        Load(
            username=row["owner__username"] or "",
            name=row["owner__full_name"] or row["owner__username"] or "",
            queue=row["queue__key"],
            queue_name=row["queue__name"],
            cases=row["open"],
            amount=row["amount"],
            today=row["today"],
            overdue=row["overdue"],
            quiet=marked.get(("quiet", row["owner__username"], row["queue__key"]), 0),
            back=marked.get(("back", row["owner__username"], row["queue__key"]), 0),
            oldest=row["oldest"],
        )
        for row in rows
    ]


def _passed(cases: CaseQuerySet) -> list[Passed]:
    rows = (
        Skip.objects.filter(case__in=cases.order_by().values("pk"))
        .order_by()
        .values_list("person__username", "person__full_name")
        .annotate(skips=Count("pk"), cases=Count("case", distinct=True))
        .order_by("-skips", "person__username")
    )
    return [Passed(username, name or username, skips, held) for username, name, skips, held in rows]


def _marked(cases: CaseQuerySet, since: datetime) -> dict[tuple[str, str | None, str], int]:
    """How many stand still, and how many came back, by owner and queue. One query."""
    kinds = {"quiet": cases.quiet_since(since), "back": cases.came_back()}
    quiet, back = (
        found.order_by()
        .values("owner__username", "queue__key")
        .annotate(kind=Value(kind, output_field=TextField()), held=Count("pk"))
        for kind, found in kinds.items()
    )
    return {
        (row["kind"], row["owner__username"], row["queue__key"]): row["held"]
        for row in quiet.union(back, all=True)
    }


def _ages(cases: CaseQuerySet, bands: list[Bucket]) -> list[Ages]:
    counts = {f"b{n}": Count("pk", filter=opened_in(band)) for n, band in enumerate(bands)}
    rows: Any = (
        cases.order_by()
        .values("queue__key", "queue__name", "queue__position")
        .annotate(**counts)
        .order_by("queue__position", "queue__key")
    )
    return [
        Ages(row["queue__key"], row["queue__name"], tuple(row[name] for name in counts))
        for row in rows
    ]


def opened_in(band: Bucket) -> Q:
    """The condition of a bucket: the same as the worklist's `opened_after`, `opened_before`."""
    found = Q()
    if band.since is not None:
        found &= Q(opened_at__gte=band.since)
    if band.until is not None:
        found &= Q(opened_at__lt=band.until)
    return found
