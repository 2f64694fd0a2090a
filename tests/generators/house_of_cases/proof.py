"""Proving that what was loaded past the guards is what the guards would have let through."""

from psycopg import sql

from billing_portal.audit.queries import verify
from billing_portal.kernel.models.history import history_table, shared_columns
from cases.work.models import Case, OpenCase
from integrations.canonical.models import Claim, Patient
from tests.generators.house_of_cases.loading import Loader

TRACKED = (Patient, Claim, Case)
TOLD_OTHERWISE = """
SELECT count(*) FROM {table} AS t LEFT JOIN LATERAL (
    SELECT * FROM {history} AS h WHERE h.id = t.id ORDER BY history_id DESC LIMIT 1) AS h ON true
WHERE ROW({held}) IS DISTINCT FROM ROW({told})
"""
REFERENCES = """
SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, r.attname
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
JOIN pg_attribute r ON r.attrelid = c.confrelid AND r.attnum = c.confkey[1]
WHERE c.contype = 'f' AND c.conrelid = ANY(%s::regclass[])
"""
DANGLING = """
SELECT count(*) FROM {table} AS t WHERE {column} IS NOT NULL
AND NOT EXISTS (SELECT FROM {other} AS o WHERE o.{key} = t.{column})
"""
LOADED = (
    "integrations_patient",
    "integrations_claim",
    "cases_case",
    "cases_note",
    "cases_stepmark",
    "cases_lease",
    "cases_routingdecision",
    "cases_detected",
    "cases_queuecount",
    "cases_opencase",
    "audit_event",
)
MISCOUNTED = """
WITH counted AS (
    SELECT queue_id, facility_id, bucket, count(*)::bigint AS cases, sum(amount_at_risk) AS amount
    FROM cases_case CROSS JOIN LATERAL cases_buckets(status, owner_id) AS bucket
    GROUP BY queue_id, facility_id, bucket),
held AS (
    SELECT queue_id, facility_id, bucket, sum(cases) AS cases, sum(amount) AS amount
    FROM (SELECT queue_id, facility_id, bucket, cases, amount FROM cases_queuecount
          UNION ALL
          SELECT queue_id, facility_id, bucket, cases, amount FROM cases_countdelta) AS both_kinds
    GROUP BY queue_id, facility_id, bucket)
SELECT count(*) FROM counted FULL JOIN held USING (queue_id, facility_id, bucket)
WHERE (coalesce(counted.cases, 0), coalesce(counted.amount, 0))
      IS DISTINCT FROM (coalesce(held.cases, 0), coalesce(held.amount, 0))
"""

NARROWER = """
SELECT count(*) FROM cases_opencase AS o FULL JOIN (SELECT * FROM cases_case
    WHERE status NOT IN ('resolved', 'closed', 'merged', 'voided')) AS c ON c.id = o.case_id
WHERE (o.case_id, {held}) IS DISTINCT FROM (c.id, {told})
"""


def prove(loader: Loader, *, cases: int) -> None:
    """Histories, references, counts and chains. Raises AssertionError for the first that fails."""
    held = loader.value("SELECT count(*) FROM cases_case")
    assert held >= cases, f"{held} cases instead of {cases}"
    for model in TRACKED:
        wrong = told_otherwise(loader, model)
        assert not wrong, f"{wrong} rows of {model._meta.db_table} differ from their history"
    for table, column, other, key in loader.rows(REFERENCES, [list(LOADED)]):
        wrong = dangling(loader, table, column, other, key)
        assert not wrong, f"{wrong} rows of {table} name a {column} that is not there"
    assert not loader.value(MISCOUNTED), "the queues' counts are wrong"
    assert not astray(loader), "the narrow rows of the open cases are not as the cases"
    found = verify()
    assert found.is_clean, found.findings[:3]
    assert found.chains >= cases


def astray(loader: Loader) -> int:
    """How many open cases are not as the narrow row beside them says, or have none."""
    columns = [field.column for field in OpenCase._meta.fields if not field.primary_key]
    names = {
        name: sql.SQL(", ").join(sql.Identifier(table, column) for column in columns)
        for name, table in (("held", "o"), ("told", "c"))
    }
    return int(loader.value(sql.SQL(NARROWER).format(**names)))


def told_otherwise(loader: Loader, model: type) -> int:
    """How many rows are not as the last word of their history says."""
    columns = shared_columns(model)
    return int(
        loader.value(
            sql.SQL(TOLD_OTHERWISE).format(
                table=sql.Identifier(model._meta.db_table),
                history=sql.Identifier(history_table(model)),
                held=sql.SQL(", ").join(sql.Identifier("t", name) for name in columns),
                told=sql.SQL(", ").join(sql.Identifier("h", name) for name in columns),
            )
        )
    )


def dangling(loader: Loader, table: str, column: str, other: str, key: str) -> int:
    """How many rows name a row that does not exist."""
    names = {"table": table, "column": column, "other": other, "key": key}
    return int(
        loader.value(
            sql.SQL(DANGLING).format(
                **{name: sql.Identifier(value) for name, value in names.items()}
            )
        )
    )
