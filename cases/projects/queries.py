"""Reads of projects: what stands in them, what prevention did, what came back afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from psycopg import sql

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from cases.projects.lifecycle import ProjectState
from cases.projects.models import Prevention, Project, ProjectCase
from cases.projects.patterns import MATCHES, Pattern
from cases.projects.statistics import Comparison, Share, compare
from cases.work.lifecycle import OPEN
from cases.work.models import Case
from cases.work.querysets import CaseQuerySet
from cases.work.visibility import scope_of

WINDOW = timedelta(days=90)
MONTHS = timedelta(days=365)
RECURS_WITHIN = timedelta(days=90)

# A claim counts once, on the day of its first decision; reversals decide nothing.
DECIDED = sql.SQL("""
WITH decided AS (
  SELECT claim.id, min(payment.paid_on) AS day
  FROM integrations_claim AS claim
  JOIN integrations_remittedclaim AS part ON part.claim_id = claim.id
  JOIN integrations_remittance AS payment ON payment.id = part.remittance_id
  WHERE part.status_code <> '22' AND claim.facility_id = ANY(%(facilities)s)
    AND (%(payer)s::bigint IS NULL OR claim.payer_id = %(payer)s::bigint)
    AND (%(facility)s::bigint IS NULL OR claim.facility_id = %(facility)s::bigint)
    AND (%(service)s = '' OR EXISTS (
         SELECT FROM integrations_serviceline AS line WHERE line.remitted_claim_id = part.id
         AND line.ordinal = 1 AND line.procedure = %(service)s))
  GROUP BY claim.id)
SELECT day, count(*), count(*) FILTER (WHERE EXISTS (
  SELECT FROM cases_case AS c WHERE c.claim_id = decided.id
  AND c.queue_id = ANY(%(queues)s) AND {matches}))
FROM decided WHERE day >= %(since)s AND day < %(until)s GROUP BY day ORDER BY day
""").format(matches=MATCHES)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reader may see of a project's cases."""

    cases: int
    open_cases: int
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Month:
    """Denied of adjudicated claims of one month, and whether it lies after the change."""

    first: date
    share: Share
    is_after: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What prevention did: month by month, before against after, and what came back.

    `recurred`: denials of the pattern opened within ninety days after it was closed; None: it is
    not closed.
    """

    months: list[Month]
    comparison: Comparison | None
    recurred: int | None


def cases_of(project: Project, reader: User) -> CaseQuerySet:
    """The cases of a project that somebody may see, finished ones too."""
    members = ProjectCase.objects.filter(project=project)
    return Case.objects.visible_to(reader).filter(pk__in=members.values("case"))


def alike(project: Project, reader: User) -> CaseQuerySet:
    """Open cases of a project's pattern that somebody may see and that no project holds."""
    return loose(project.pattern, reader)


def loose(pattern: Pattern, reader: User) -> CaseQuerySet:
    """Open cases of a pattern that somebody may see and that no open project holds."""
    held = ProjectCase.objects.filter(is_held=True)
    return (
        Case.objects.visible_to(reader)
        .open()
        .filter(pattern.condition())
        .exclude(pk__in=held.values("case"))
    )


def standings(projects: Iterable[Project], reader: User) -> dict[int, Standing]:
    """What stands in each of some projects, for one reader. One query."""
    scope = scope_of(reader)
    is_open = Q(case__status__in=sorted(OPEN))
    rows = (
        ProjectCase.objects.filter(
            project__in=[project.pk for project in projects],
            case__queue__in=scope.queues,
            case__facility__in=scope.facilities,
        )
        .order_by()
        .values_list("project")
        .annotate(
            every=Count("pk"),
            still=Count("pk", filter=is_open),
            amount=Sum("case__amount_at_risk", filter=is_open),
        )
    )
    return {pk: Standing(every, still, amount or Decimal(0)) for pk, every, still, amount in rows}


def outcome(project: Project, reader: User, *, at: datetime) -> Outcome:
    """What prevention did, as far as the reader may see. Three queries at most."""
    prevention = Prevention.objects.filter(project=project).first()
    today = house_day(at)
    effective = prevention.effective_on if prevention else None
    since = min(today - MONTHS, (effective or today) - WINDOW)
    days = _days(project.pattern, reader, since=since.replace(day=1), until=today + timedelta(1))
    comparison = None
    if effective is not None and effective <= today:
        comparison = compare(
            _sum(days, effective - WINDOW, effective), _sum(days, effective, effective + WINDOW)
        )
    return Outcome(_months(days, effective), comparison, _recurred(project, reader, at=at))


def _days(pattern: Pattern, reader: User, *, since: date, until: date) -> list[tuple[date, Share]]:
    scope = scope_of(reader)
    given: dict[str, Any] = pattern.parameters | {
        "queues": sorted(scope.queues),
        "facilities": sorted(scope.facilities),
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(DECIDED, given)
        return [(day, Share(denied, decided)) for day, decided, denied in cursor.fetchall()]


def _sum(days: list[tuple[date, Share]], since: date, until: date) -> Share:
    return sum((share for day, share in days if since <= day < until), start=Share(0, 0))


def _months(days: list[tuple[date, Share]], effective: date | None) -> list[Month]:
    held: dict[date, Share] = {}
    for day, share in days:
        first = day.replace(day=1)
        held[first] = held.get(first, Share(0, 0)) + share
    return [
        Month(first, share, is_after=effective is not None and first >= effective.replace(day=1))
        for first, share in sorted(held.items())
    ]


def _recurred(project: Project, reader: User, *, at: datetime) -> int | None:
    """Denials of the pattern that came within ninety days after the project was closed."""
    if project.state != ProjectState.CLOSED or project.closed_at is None:
        return None
    return (
        Case.objects.visible_to(reader)
        .filter(project.pattern.condition())
        .filter(opened_at__gt=project.closed_at, opened_at__lte=project.closed_at + RECURS_WITHIN)
        .filter(opened_at__lte=at)
        .count()
    )


def colleagues(reader: User) -> QuerySet[User]:
    """The people who work a queue that somebody sees: who may own a project or a change."""
    return (
        User.objects.filter(
            is_active=True,
            groups__queuegroupobjectpermission__content_object__in=scope_of(reader).queues,
            groups__queuegroupobjectpermission__permission__codename="work_queue",
        )
        .distinct()
        .order_by("full_name", "username", "pk")
    )
