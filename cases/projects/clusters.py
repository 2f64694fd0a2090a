"""Which open denials are alike enough to be worked together: read from the data, set-wise."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg import sql

from billing_portal.accounts.models import User
from cases.projects.patterns import DENIAL, REMARK, SERVICE, Pattern
from cases.work.lifecycle import OPEN
from cases.work.visibility import scope_of
from integrations.canonical.models import Facility, Payer

PERIOD = timedelta(days=90)
FEWEST = 5
SHOWN = 12
MOST_OF_IT = 0.6
"""A narrower pattern that holds this share of a wider one says more than the wider one."""
LEVELS = (
    ("payer_id", "code", "remark", "service", "facility_id"),
    ("payer_id", "code", "service", "facility_id"),
    ("payer_id", "code", "remark", "facility_id"),
    ("payer_id", "code", "facility_id"),
    ("payer_id", "code", "remark"),
    ("payer_id", "code"),
    ("code", "facility_id"),
)

FIND = sql.SQL("""
WITH denied AS (
  SELECT c.payer_id, c.code, {remark} AS remark, {service} AS service, c.facility_id,
         c.amount_at_risk AS amount, c.opened_at >= %(since)s AS is_recent,
         c.opened_at >= %(since)s AND c.status = ANY(%(open)s)
         AND NOT EXISTS (SELECT FROM cases_projectcase m WHERE m.case_id = c.id AND m.is_held)
         AS is_loose
  FROM cases_case AS c
  WHERE c.case_type = {denial} AND c.code <> ''
    AND c.opened_at >= %(before)s AND c.opened_at <= %(at)s
    AND c.queue_id = ANY(%(queues)s) AND c.facility_id = ANY(%(facilities)s))
SELECT payer_id, code, remark, service, facility_id,
       count(*) FILTER (WHERE is_loose), coalesce(sum(amount) FILTER (WHERE is_loose), 0),
       count(*) FILTER (WHERE is_recent), count(*) FILTER (WHERE NOT is_recent)
FROM denied
GROUP BY GROUPING SETS ((), {levels})
HAVING (GROUPING(code) = 1 OR count(*) FILTER (WHERE is_loose) >= %(fewest)s)
  AND (GROUPING(payer_id) = 1 OR payer_id IS NOT NULL)
  AND (GROUPING(remark) = 1 OR remark <> '') AND (GROUPING(service) = 1 OR service <> '')
""").format(
    remark=REMARK,
    service=SERVICE,
    denial=sql.Literal(DENIAL),
    levels=sql.SQL(", ").join(
        sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Identifier, level))) for level in LEVELS
    ),
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Open denials of the last ninety days that no project holds, and how many came before.

    `recent` and `earlier` count all denials of the pattern, finished ones too, in the last ninety
    days and the ninety before; `since` is when the ninety days began, `share` is of all loose ones.
    """

    pattern: Pattern
    cases: int
    amount: Decimal
    recent: int
    earlier: int
    since: datetime
    share: float = 0.0
    payer: str = ""
    facility: str = ""

    @property
    def trend(self) -> float | None:
        """How much more than before, as a share of before; None when there were none before."""
        return (self.recent - self.earlier) / self.earlier if self.earlier else None


def suggested(reader: User, *, at: datetime, fewest: int = FEWEST) -> list[Cluster]:
    """Clusters among the cases somebody may see, the most money first. Three queries."""
    scope = scope_of(reader)
    given: dict[str, Any] = {
        "at": at,
        "since": at - PERIOD,
        "before": at - 2 * PERIOD,
        "open": sorted(OPEN),
        "queues": sorted(scope.queues),
        "facilities": sorted(scope.facilities),
        "fewest": fewest,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND, given)
        found = [_read(row, since=given["since"]) for row in cursor.fetchall()]
    total = sum(each.cases for each in found if not each.pattern.parts)
    kept = list(telling(each for each in found if each.pattern.parts))
    best = sorted(kept, key=lambda each: (-each.amount, -each.cases, each.pattern.code))[:SHOWN]
    return list(_named(best, total))


def telling(clusters: Iterable[Cluster]) -> Iterator[Cluster]:
    """Of clusters that lie within each other, the one that says most; none overlaps another kept.

    The narrowest comes first, if it holds most of every wider one.
    """
    every = sorted(clusters, key=lambda each: (-each.pattern.parts, -each.cases))
    kept: list[Cluster] = []
    for each in every:
        wider = [
            other for other in every if other is not each and other.pattern.holds(each.pattern)
        ]
        says_most = all(each.cases >= MOST_OF_IT * other.cases for other in wider)
        if says_most and not any(_overlap(each.pattern, other.pattern) for other in kept):
            kept.append(each)
            yield each


def _overlap(one: Pattern, other: Pattern) -> bool:
    return one.holds(other) or other.holds(one)


def _read(row: Sequence[Any], *, since: datetime) -> Cluster:
    payer, code, remark, service, facility, cases, amount, recent, earlier = row
    pattern = Pattern(payer, code or "", remark or "", service or "", facility)
    return Cluster(pattern, cases, amount, recent, earlier, since)


def _named(clusters: Sequence[Cluster], total: int) -> Iterator[Cluster]:
    payers = dict(
        Payer.objects.filter(pk__in=_keys(clusters, "payer_id")).values_list("pk", "name")
    )
    facilities = dict(
        Facility.objects.filter(pk__in=_keys(clusters, "facility_id")).values_list("pk", "name")
    )
    for each in clusters:
        yield replace(
            each,
            share=each.cases / total if total else 0.0,
            payer=payers.get(each.pattern.payer_id or 0, ""),
            facility=facilities.get(each.pattern.facility_id or 0, ""),
        )


def _keys(clusters: Sequence[Cluster], column: str) -> set[int]:
    return {key for each in clusters if (key := getattr(each.pattern, column)) is not None}
