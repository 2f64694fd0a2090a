"""Cases and their configuration never change without history; notes and traces never change.

Also the numbers of case references, and the trigger that writes what queue counts are folded from.
"""

from django.db import migrations

from billing_portal.kernel.models.guards import AppendOnly, Track

TRACKED = [
    "Queue",
    "QueueGroupObjectPermission",
    "Case",
    "RoutingRule",
    "Calendar",
    "Holiday",
    "Target",
    "AdjustmentCode",
    "RemarkCode",
]
FACTS = ["Note", "StepMark", "RoutingDecision", "Attachment", "Detected"]

# One statement's worth of changes is one row per queue, facility and bucket, whatever its size. The
# buckets' meaning stands in the table of moves; a test compares the two.
COUNT = """
CREATE FUNCTION cases_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO cases_countdelta (queue_id, facility_id, bucket, cases, amount)
        SELECT queue_id, facility_id, bucket, count(*), sum(amount_at_risk)
        FROM entered CROSS JOIN LATERAL cases_buckets(status, owner_id) AS bucket
        GROUP BY queue_id, facility_id, bucket;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO cases_countdelta (queue_id, facility_id, bucket, cases, amount)
        SELECT queue_id, facility_id, bucket, sum(sign), sum(sign * amount_at_risk)
        FROM (SELECT queue_id, facility_id, status, owner_id, amount_at_risk, 1 AS sign FROM entered
              UNION ALL
              SELECT queue_id, facility_id, status, owner_id, amount_at_risk, -1 FROM gone) AS each
             CROSS JOIN LATERAL cases_buckets(status, owner_id) AS bucket
        GROUP BY queue_id, facility_id, bucket
        HAVING sum(sign) <> 0 OR sum(sign * amount_at_risk) <> 0;
    ELSE
        INSERT INTO cases_countdelta (queue_id, facility_id, bucket, cases, amount)
        SELECT queue_id, facility_id, bucket, -count(*), -sum(amount_at_risk)
        FROM gone CROSS JOIN LATERAL cases_buckets(status, owner_id) AS bucket
        GROUP BY queue_id, facility_id, bucket;
    END IF;
    RETURN NULL;
END $$
"""
BUCKETS = """
CREATE FUNCTION cases_buckets(status text, owner_id bigint) RETURNS SETOF text
LANGUAGE sql IMMUTABLE ROWS 2 AS $$
    SELECT bucket FROM (VALUES ('open'), ('unassigned'), ('deferred')) AS known (bucket)
    WHERE status NOT IN ('resolved', 'closed', 'merged', 'voided')
      AND (bucket = 'open'
           OR bucket = 'unassigned' AND owner_id IS NULL
           OR bucket = 'deferred' AND status = 'deferred')
$$
"""
TRIGGERS = [
    "CREATE TRIGGER count_insert AFTER INSERT ON cases_case REFERENCING NEW TABLE AS entered"
    " FOR EACH STATEMENT EXECUTE FUNCTION cases_count()",
    "CREATE TRIGGER count_update AFTER UPDATE ON cases_case"
    " REFERENCING OLD TABLE AS gone NEW TABLE AS entered"
    " FOR EACH STATEMENT EXECUTE FUNCTION cases_count()",
    "CREATE TRIGGER count_delete AFTER DELETE ON cases_case REFERENCING OLD TABLE AS gone"
    " FOR EACH STATEMENT EXECUTE FUNCTION cases_count()",
]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("kernel", "0001_guards"),
        ("accounts", "0002_guards"),
    ]

    operations = [
        *(Track("cases", model) for model in TRACKED),
        *(AppendOnly("cases", model) for model in FACTS),
        migrations.RunSQL("CREATE SEQUENCE cases_reference", "DROP SEQUENCE cases_reference"),
        migrations.RunSQL(BUCKETS, "DROP FUNCTION cases_buckets(text, bigint)"),
        migrations.RunSQL(COUNT, "DROP FUNCTION cases_count()"),
        migrations.RunSQL(
            TRIGGERS,
            [
                "DROP TRIGGER count_insert ON cases_case",
                "DROP TRIGGER count_update ON cases_case",
                "DROP TRIGGER count_delete ON cases_case",
            ],
        ),
    ]
