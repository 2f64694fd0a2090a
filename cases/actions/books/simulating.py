"""One pass over the cases of a period: where each was sent and would be, and when it was due.

Everything a back-test says is counted by one statement that groups the cases by what decides them
now and what would decide them; the rest is arithmetic on a few hundred rows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from django.db import connection

from cases.actions.books.spans import Period, Spans, as_rows, sites
from cases.routing.fields import SOURCE
from cases.routing.predicates import Sql

# A case that is not resolved yet is measured as of the end of the period. An interval that the
# calendar no longer holds is past that end, so it has not breached: NULL counts as no.
COUNTED = """
WITH site AS (
    SELECT * FROM jsonb_to_recordset(%(sites)s::jsonb) AS site (
        facility_id bigint, zone text, closings timestamptz[], opens timestamptz[],
        closes timestamptz[], starts float8[], ends float8[])
), span_was AS (
    SELECT * FROM jsonb_to_recordset(%(spans_was)s::jsonb) AS span (
        queue_id bigint, case_type text, amount int, unit text)
), span_would AS (
    SELECT * FROM jsonb_to_recordset(%(spans_would)s::jsonb) AS span (
        queue_id bigint, case_type text, amount int, unit text)
), seen AS (
    SELECT c.id, c.case_type, c.queue_id, c.facility_id, c.amount_at_risk AS amount, c.currency,
           c.opened_at, least({ended}, %(until)s::timestamptz) AS ended{facts}
    FROM {source}
    WHERE c.opened_at >= %(since)s::timestamptz AND c.opened_at < %(until)s::timestamptz
    OFFSET 0
), decided AS (
    SELECT seen.*, {was} AS was, {would} AS would FROM seen OFFSET 0
), placed AS (
    SELECT decided.*, {was_queue} AS was_queue, {would_queue} AS would_queue FROM decided
), timed AS (
    SELECT placed.*, {breached_was} AS breached_was, {breached_would} AS breached_would
    FROM placed
    JOIN site ON site.facility_id = placed.facility_id
    LEFT JOIN span_was ON span_was.queue_id = was_queue
        AND span_was.case_type = placed.case_type
    LEFT JOIN span_would ON span_would.queue_id = would_queue
        AND span_would.case_type = placed.case_type
)
SELECT was, would, was_queue, would_queue, currency, count(*), sum(amount),
       count(*) FILTER (WHERE breached_was), count(*) FILTER (WHERE breached_would),
       count(*) FILTER (WHERE {changed}),
       coalesce(sum(amount) FILTER (WHERE {changed}), 0),
       max(ARRAY[amount, id]) FILTER (WHERE {changed}),
       max(id) FILTER (WHERE {changed})
FROM timed
GROUP BY was, would, was_queue, would_queue, currency
ORDER BY was NULLS LAST, would NULLS LAST, was_queue, would_queue, currency
"""
BREACHED = """
CASE {span}.unit
WHEN 'business_days' THEN
    ended > site.closings[width_bucket(opened_at, site.closings) + 1 + {span}.amount]
WHEN 'calendar_days' THEN
    ended > (opened_at AT TIME ZONE site.zone + make_interval(days => {span}.amount))
            AT TIME ZONE site.zone
ELSE ended > (
    SELECT site.opens[due.place] + make_interval(secs => due.goal - site.starts[due.place])
    FROM (SELECT width_bucket(opened_at, site.closes) + 1 AS first) AS came,
         LATERAL (SELECT site.starts[came.first] + {span}.amount * 3600
                  + greatest(0, extract(epoch FROM opened_at - site.opens[came.first]))::float8
                  AS goal) AS aim,
         LATERAL (SELECT aim.goal, width_bucket(aim.goal - 1e-6, site.ends) + 1 AS place) AS due)
END
"""


@dataclass(frozen=True, slots=True)
class Side:
    """What decides: SQL for the place of the deciding row (NULL: none), and for the queue's key."""

    decides: str
    queue: str
    spans: Spans


@dataclass(frozen=True, slots=True)
class Trial:
    """What is compared: now and then, over the facts named, counting what `changed` says.

    `ended` is when what the spans measure was done, if it was.
    """

    was: Side
    would: Side
    changed: str
    ended: str = "c.resolved_at"
    facts: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that one row decides now and one row would decide, in one currency."""

    was: int | None
    would: int | None
    was_queue: int
    would_queue: int
    currency: str
    cases: int
    amount: Decimal
    breached_before: int
    breached_after: int
    changed: int
    changed_amount: Decimal
    largest: int | None
    newest: int | None


def run(trial: Trial, *, period: Period) -> list[Group]:
    """Count the cases of a period by what decides them. One statement, whatever their number."""
    statement = COUNTED.format(
        source=SOURCE,
        ended=trial.ended,
        facts="".join(f", {text} AS {name}" for name, text in trial.facts.items()),
        was=trial.was.decides,
        would=trial.would.decides,
        was_queue=trial.was.queue,
        would_queue=trial.would.queue,
        breached_was=BREACHED.format(span="span_was"),
        breached_would=BREACHED.format(span="span_would"),
        changed=trial.changed,
    )
    parameters = {
        **trial.parameters,
        "since": period.since,
        "until": period.until,
        "sites": json.dumps(sites(period)),
        "spans_was": json.dumps(as_rows(trial.was.spans)),
        "spans_would": json.dumps(as_rows(trial.would.spans)),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [_group(row) for row in cursor.fetchall()]


def _group(row: Sequence[Any]) -> Group:
    values = dict(zip((each.name for each in fields(Group)), row, strict=True))
    values["largest"] = int(values["largest"][1]) if values["largest"] else None
    return Group(**values)


def first_of(conditions: Sequence[Any], sql: Sql) -> str:
    """SQL for the place of the first condition that holds; NULL if none does."""
    whens = [f"WHEN {sql.predicate(each)} THEN {place}" for place, each in enumerate(conditions)]
    return f"CASE {' '.join(whens)} END" if whens else "NULL::int"


def queue_of(side: str, *, otherwise: int) -> str:
    """SQL for the queue of a side's deciding row; its parameter `queues_<side>` lists them."""
    return f"coalesce((%(queues_{side})s::bigint[])[{side} + 1], {otherwise})"
