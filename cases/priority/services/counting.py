"""Counting anew what time and decided cases change: ranks every hour, odds every night."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from cases.work.lifecycle import Disposition

BATCH = 5_000
PRIOR_CASES = 10  # a rate leans on the next wider one as if that had decided so many cases
WON = (
    Disposition.CORRECTED_CLAIM_PAID,
    Disposition.APPEAL_OVERTURNED_FULL,
    Disposition.APPEAL_OVERTURNED_PARTIAL,
    Disposition.PAID_ON_REPROCESS,
    Disposition.REVERSED,
)
LOST = (Disposition.PATIENT_RESPONSIBILITY, Disposition.WRITTEN_OFF, Disposition.RECOUPED)

# Ranks that somebody is just writing are passed over. What rests on other facts than were read here
# was counted from those meanwhile, by the trigger: it stays.
COUNT = """
WITH batch AS MATERIALIZED (
    SELECT case_id FROM cases_rank WHERE case_id > %(after)s ORDER BY case_id LIMIT %(limit)s
), fresh AS MATERIALIZED (
    SELECT * FROM cases_ranked(ARRAY(SELECT case_id FROM batch), %(at)s)
), held AS MATERIALIZED (
    SELECT r.case_id FROM cases_rank AS r JOIN fresh USING (case_id)
    WHERE r.basis = fresh.basis
      AND ((r.band, r.score) IS DISTINCT FROM (fresh.band, fresh.score)
           OR r.expected <> fresh.expected OR r.cost <> fresh.cost)
    ORDER BY r.case_id FOR UPDATE OF r SKIP LOCKED
), written AS (
    UPDATE cases_rank AS r SET band = fresh.band, score = fresh.score, expected = fresh.expected,
        likelihood = fresh.likelihood, likelihood_from = fresh.likelihood_from, cost = fresh.cost
    FROM fresh JOIN held USING (case_id) WHERE r.case_id = fresh.case_id RETURNING r.case_id)
SELECT (SELECT max(case_id) FROM batch), (SELECT count(*) FROM written)
"""
RATES = """
WITH decided AS (
    SELECT payer_id, split_part(code, '-', 2) AS carc, category,
           count(*) AS decided, count(*) FILTER (WHERE disposition = ANY (%(won)s)) AS overturned
    FROM cases_case
    WHERE case_type = 'denial' AND disposition = ANY (%(won)s || %(lost)s)
    GROUP BY payer_id, carc, category
), by_category AS (
    SELECT category, sum(decided) AS decided, sum(overturned) AS overturned,
           (sum(overturned) + %(prior)s * coalesce((min(w.likelihoods ->> category))::numeric,
               min(w.default_likelihood))) / (sum(decided) + %(prior)s) AS rate
    FROM decided CROSS JOIN (SELECT * FROM cases_weighting ORDER BY number DESC LIMIT 1) AS w
    GROUP BY category
), by_reason AS (
    SELECT d.carc, sum(d.decided) AS decided, sum(d.overturned) AS overturned,
           (sum(d.overturned) + %(prior)s * sum(d.decided * wide.rate) / sum(d.decided))
               / (sum(d.decided) + %(prior)s) AS rate
    FROM decided AS d JOIN by_category AS wide USING (category)
    WHERE d.carc <> '' GROUP BY d.carc
), by_payer AS (
    SELECT d.payer_id, d.carc, sum(d.decided) AS decided, sum(d.overturned) AS overturned,
           (sum(d.overturned) + %(prior)s * min(wide.rate)) / (sum(d.decided) + %(prior)s) AS rate
    FROM decided AS d JOIN by_reason AS wide USING (carc)
    WHERE d.payer_id IS NOT NULL GROUP BY d.payer_id, d.carc
)
INSERT INTO cases_overturnrate (payer_id, carc, category, decided, overturned, rate)
SELECT NULL::bigint, '', category, decided, overturned, round(rate, 6) FROM by_category
WHERE category <> ''
UNION ALL SELECT NULL, carc, '', decided, overturned, round(rate, 6) FROM by_reason
UNION ALL SELECT payer_id, carc, '', decided, overturned, round(rate, 6) FROM by_payer
ON CONFLICT (payer_id, carc, category) DO UPDATE
    SET decided = EXCLUDED.decided, overturned = EXCLUDED.overturned, rate = EXCLUDED.rate
    WHERE (cases_overturnrate.decided, cases_overturnrate.overturned, cases_overturnrate.rate)
        IS DISTINCT FROM (EXCLUDED.decided, EXCLUDED.overturned, EXCLUDED.rate)
"""


def count_ranks(*, at: datetime, batch: int = BATCH) -> int:
    """Count every rank anew, a batch a transaction; returns how many changed.

    Only those are written whose rounded score, band or expected recovery is another.
    """
    changed = 0
    last, written = _count_batch(after=0, limit=batch, at=at)
    while last is not None:
        changed += written
        last, written = _count_batch(after=last, limit=batch, at=at)
    return changed


@transaction.atomic
def count_rates() -> int:
    """Count from all decided denials how likely each kind is overturned; how many changed."""
    parameters: dict[str, Any] = {
        "won": [each.value for each in WON],
        "lost": [each.value for each in LOST],
        "prior": PRIOR_CASES,
    }
    with connection.cursor() as cursor:
        cursor.execute(RATES, parameters)
        return int(cursor.rowcount)


@transaction.atomic
def _count_batch(*, after: int, limit: int, at: datetime) -> tuple[int | None, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"after": after, "limit": limit, "at": at})
        last, written = cursor.fetchone()
    return last, written
