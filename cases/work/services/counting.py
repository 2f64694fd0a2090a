"""Folding the counts: a trigger on the case table writes deltas, a sweep adds them up."""

from django.db import connection, transaction

FOLD = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM cases_countdelta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM cases_countdelta WHERE id IN (SELECT id FROM chosen)
    RETURNING queue_id, facility_id, bucket, cases, amount
), folded AS (
    INSERT INTO cases_queuecount AS held (queue_id, facility_id, bucket, cases, amount)
    SELECT queue_id, facility_id, bucket, sum(cases), sum(amount) FROM gone
    GROUP BY queue_id, facility_id, bucket ORDER BY queue_id, facility_id, bucket
    ON CONFLICT (queue_id, facility_id, bucket) DO UPDATE
    SET cases = held.cases + EXCLUDED.cases, amount = held.amount + EXCLUDED.amount
)
SELECT count(*) FROM gone
"""
"""What is chosen stands by itself: as a part of the deletion it may be chosen more than once."""
BATCH = 20_000


@transaction.atomic
def fold_counts(*, limit: int = BATCH) -> int:
    """Add up to `limit` deltas to the counts and remove them; returns how many.

    A reader who adds the unfolded deltas sees the same sum before and after.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLD, [limit])
        return int(cursor.fetchone()[0])
