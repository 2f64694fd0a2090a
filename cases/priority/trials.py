"""Who would have been served when: the cases of a time replayed by two sets of weights. Reads only.

The time is cut into turns. In each, every queue serves as many cases as people really took from it
then, the first by the weights, out of those that stood free and were not served before. What was
taken before the time, or ended by itself, is left out. People's own ticklers, skills and patients
are left out on both sides, and the odds are those that are known now.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection

MOST_TURNS = 30
Weights = Mapping[str, Any]


class Turn(NamedTuple):
    """A part of the time; who stands free in it is ordered as of its beginning."""

    begins: datetime
    ends: datetime


TAKEN = """
SELECT width_bucket(first_touched_at, %(begins)s::timestamptz[]) - 1, queue_id, count(*)
FROM cases_case WHERE first_touched_at >= %(since)s AND first_touched_at < %(until)s
GROUP BY 1, 2 ORDER BY 1, 2
"""
# The band and the score are those of `cases_ranked`, with weights that are given.
SERVED = """
WITH w AS MATERIALIZED (
    SELECT * FROM jsonb_to_record(%(weights)s) AS w (
        urgency float8, money float8, age float8, escalation float8, midpoint_days float8,
        slope_days float8, guard_days int, cost_per_minute numeric, default_minutes numeric,
        minutes jsonb, default_likelihood numeric, likelihoods jsonb)
), quota AS (
    SELECT * FROM unnest(%(queues)s::bigint[], %(cases)s::int[]) AS quota (queue_id, cases)
), free AS MATERIALIZED (
    SELECT c.*, quota.cases AS quota, site.time_zone AS zone,
           coalesce(c.deadline_at, c.resolve_due_at) AS due_at
    FROM cases_case AS c JOIN quota USING (queue_id)
    JOIN integrations_facility AS site ON site.id = c.facility_id
    WHERE c.opened_at < %(ends)s
      AND (c.first_touched_at >= %(since)s OR (c.first_touched_at IS NULL
           AND coalesce(c.resolved_at, 'infinity') > %(begins)s))
      AND NOT EXISTS (SELECT FROM unnest(%(before)s::bigint[]) AS before (id)
                      WHERE before.id = c.id)
), guard AS MATERIALIZED (
    SELECT facility_id, deadline_at,
           cases_guard_from(deadline_at, facility_id, w.guard_days) AS opens
    FROM (SELECT DISTINCT facility_id, deadline_at FROM free) AS each CROSS JOIN w
    WHERE deadline_at < %(begins)s + make_interval(days => 3 * w.guard_days + 14)
      AND deadline_at > %(begins)s - interval '2 days'
), ranked AS (
    SELECT free.id, free.queue_id, free.quota, free.due_at, round(terms.score::numeric, 1) AS score,
           CASE WHEN worth.expected >= effort.cost AND %(begins)s >= guard.opens
                     AND free.deadline_on >= (%(begins)s AT TIME ZONE free.zone)::date
                THEN 0 ELSE 2 END AS band
    FROM free CROSS JOIN w
    LEFT JOIN guard USING (facility_id, deadline_at)
    LEFT JOIN cases_overturnrate AS by_payer ON by_payer.payer_id = free.payer_id
        AND by_payer.carc = split_part(free.code, '-', 2) AND by_payer.category = ''
        AND by_payer.carc <> ''
    LEFT JOIN cases_overturnrate AS by_reason ON by_reason.payer_id IS NULL
        AND by_reason.carc = split_part(free.code, '-', 2) AND by_reason.category = ''
        AND by_reason.carc <> ''
    LEFT JOIN cases_overturnrate AS by_category ON by_category.payer_id IS NULL
        AND by_category.carc = '' AND by_category.category = free.category
    CROSS JOIN LATERAL (SELECT round(free.amount_at_risk * coalesce(by_payer.rate, by_reason.rate,
        by_category.rate, (w.likelihoods ->> free.category)::numeric, w.default_likelihood), 2)
        AS expected) AS worth
    CROSS JOIN LATERAL (SELECT round(coalesce((w.minutes ->> free.category)::numeric,
        w.default_minutes) * w.cost_per_minute, 2) AS cost) AS effort
    CROSS JOIN LATERAL cases_score_terms(
        w.urgency, w.money, w.age, w.escalation, w.midpoint_days, w.slope_days,
        extract(epoch FROM free.due_at - %(begins)s)::float8 / 86400, worth.expected::float8,
        extract(epoch FROM %(begins)s - free.opened_at)::float8 / 86400,
        free.resolve_due_at < %(begins)s) AS terms
), ordered AS (
    SELECT id, quota, row_number() OVER (PARTITION BY queue_id ORDER BY
        band, CASE WHEN band = 0 THEN due_at END, score DESC, id) AS place FROM ranked)
SELECT id FROM ordered WHERE place <= quota ORDER BY place, id
"""
COUNTED = """
WITH was AS (
    SELECT * FROM unnest(%(was)s::bigint[], %(was_turns)s::int[]) AS was (id, turn)
), would AS (
    SELECT * FROM unnest(%(would)s::bigint[], %(would_turns)s::int[]) AS would (id, turn)
), tried AS (
    SELECT c.id, c.queue_id, c.currency, c.amount_at_risk AS amount, was.turn AS was_turn,
           would.turn AS would_turn,
           sign(coalesce(was.turn, %(never)s) - coalesce(would.turn, %(never)s))::int AS moves,
           {late_was} AS late_was, {late_would} AS late_would
    FROM cases_case AS c LEFT JOIN was USING (id) LEFT JOIN would USING (id)
    WHERE c.opened_at < %(until)s
      AND (c.first_touched_at >= %(since)s OR (c.first_touched_at IS NULL
           AND coalesce(c.resolved_at, 'infinity') > %(since)s))
)
SELECT queue_id, currency, moves, count(*), sum(amount),
       count(*) FILTER (WHERE late_was), count(*) FILTER (WHERE late_would),
       coalesce(sum(amount) FILTER (WHERE was_turn IS NOT NULL), 0),
       coalesce(sum(amount) FILTER (WHERE would_turn IS NOT NULL), 0),
       (max(ARRAY[amount, id]))[2]::bigint, max(id)
FROM tried GROUP BY queue_id, currency, moves ORDER BY queue_id, currency, moves
"""
# Whether a clock or the deadline ran out while the case still waited to be taken.
LATE = """(SELECT bool_or(due >= %(since)s AND due < coalesce(
    (%(begins)s::timestamptz[])[{side}.turn + 1],
    CASE WHEN c.first_touched_at IS NULL THEN c.resolved_at END, %(until)s))
    FROM unnest(ARRAY[c.first_touch_due_at, c.resolve_due_at, c.deadline_at]) AS due)"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Cases of one queue and currency that come sooner (1), later (-1) or as before (0).

    `late`: those of which a clock or the deadline ran out while they waited; `served`: the amount
    of those that were taken within the time. By both sets of weights.
    """

    queue_id: int
    currency: str
    moves: int
    cases: int
    amount: Decimal
    late_before: int
    late_after: int
    served_before: Decimal
    served_after: Decimal
    largest: int
    newest: int


def replay(
    was: Weights, would: Weights, *, since: datetime, until: datetime, days: int
) -> list[Stretch]:
    """The cases of a time by two sets of weights; two statements a turn and two beside them."""
    turns = turns_of(since, until, days=days)
    begins = [turn.begins for turn in turns]
    taken = _taken(begins, since=since, until=until)
    sides = [_serve(weights, turns, taken, since=since) for weights in (was, would)]
    parameters: dict[str, Any] = {"begins": begins, "since": since, "until": until}
    parameters["never"] = MOST_TURNS + 1
    for side, served in zip(("was", "would"), sides, strict=True):
        parameters |= {side: list(served), f"{side}_turns": list(served.values())}
    late = {f"late_{side}": LATE.format(side=side) for side in ("was", "would")}
    rows = _rows(COUNTED.format(**late), parameters)
    names = [each.name for each in fields(Stretch)]
    return [Stretch(**dict(zip(names, row, strict=True))) for row in rows]


def turns_of(since: datetime, until: datetime, *, days: int) -> list[Turn]:
    """A time cut into days; into thirty equal parts, when it has more days."""
    number = min(days, MOST_TURNS)
    edges = [since + (until - since) * place / number for place in range(number + 1)]
    return [Turn(*each) for each in pairwise(edges)]


def _taken(begins: Sequence[datetime], **period: datetime) -> dict[int, dict[int, int]]:
    """How many cases people took, by turn and queue."""
    found: dict[int, dict[int, int]] = {}
    for turn, queue_id, cases in _rows(TAKEN, {"begins": list(begins), **period}):
        found.setdefault(turn, {})[queue_id] = cases
    return found


def _serve(
    weights: Weights,
    turns: Sequence[Turn],
    taken: Mapping[int, Mapping[int, int]],
    *,
    since: datetime,
) -> dict[int, int]:
    """In which turn each case is served by these weights, by its key."""
    served: dict[int, int] = {}
    for number, turn in enumerate(turns):
        quota = taken.get(number, {})
        found = served_in(turn, weights, quota=quota, since=since, before=served) if quota else []
        served |= dict.fromkeys(found, number)
    return served


def served_in(
    turn: Turn,
    weights: Weights,
    *,
    quota: Mapping[int, int],
    since: datetime,
    before: Collection[int] = (),
) -> list[int]:
    """The cases that each queue serves in a turn, by their keys, the first of each queue first.

    `quota` says how many by queue; what was served `before`, or taken before `since`, is gone.
    """
    asked = {
        "weights": json.dumps(weights),
        "queues": list(quota),
        "cases": list(quota.values()),
        "begins": turn.begins,
        "ends": turn.ends,
        "since": since,
        "before": list(before),
    }
    return [pk for (pk,) in _rows(SERVED, asked)]


def _rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
