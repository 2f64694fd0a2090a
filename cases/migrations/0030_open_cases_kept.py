"""The trigger that keeps a narrow row beside every open case, and the rows of those there are."""

from django.db import migrations

COLUMNS = (
    "queue_id, facility_id, owner_id, amount_at_risk, first_touch_due_at, first_touched_at,"
    " resolve_due_at"
)
OPEN = "status NOT IN ('resolved', 'closed', 'merged', 'voided')"
# Keys as an array, so that the plan that is kept is as good for one row as for ten thousand.
KEEP = f"""
CREATE FUNCTION cases_keep_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM cases_opencase
        WHERE case_id = ANY (ARRAY(SELECT id FROM entered WHERE NOT {OPEN}));
    END IF;
    INSERT INTO cases_opencase AS held (case_id, {COLUMNS})
    SELECT id, {COLUMNS} FROM entered WHERE {OPEN} ORDER BY id
    ON CONFLICT (case_id) DO UPDATE SET queue_id = EXCLUDED.queue_id,
        facility_id = EXCLUDED.facility_id, owner_id = EXCLUDED.owner_id,
        amount_at_risk = EXCLUDED.amount_at_risk,
        first_touch_due_at = EXCLUDED.first_touch_due_at,
        first_touched_at = EXCLUDED.first_touched_at, resolve_due_at = EXCLUDED.resolve_due_at
    WHERE (held.queue_id, held.facility_id, held.owner_id, held.amount_at_risk,
           held.first_touch_due_at, held.first_touched_at, held.resolve_due_at)
        IS DISTINCT FROM (EXCLUDED.queue_id, EXCLUDED.facility_id, EXCLUDED.owner_id,
           EXCLUDED.amount_at_risk, EXCLUDED.first_touch_due_at, EXCLUDED.first_touched_at,
           EXCLUDED.resolve_due_at);
    RETURN NULL;
END $$
"""
TRIGGERS = [
    "CREATE TRIGGER open_insert AFTER INSERT ON cases_case REFERENCING NEW TABLE AS entered"
    " FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_open()",
    "CREATE TRIGGER open_update AFTER UPDATE ON cases_case REFERENCING NEW TABLE AS entered"
    " FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_open()",
]
FILL = f"INSERT INTO cases_opencase (case_id, {COLUMNS}) SELECT id, {COLUMNS} FROM cases_case WHERE {OPEN}"


class Migration(migrations.Migration):
    dependencies = [("cases", "0029_open_cases")]

    operations = [
        migrations.RunSQL(
            [KEEP, *TRIGGERS],
            [
                "DROP TRIGGER open_insert ON cases_case",
                "DROP TRIGGER open_update ON cases_case",
                "DROP FUNCTION cases_keep_open()",
            ],
        ),
        migrations.RunSQL([FILL, "SET CONSTRAINTS ALL IMMEDIATE"], "DELETE FROM cases_opencase"),
    ]
