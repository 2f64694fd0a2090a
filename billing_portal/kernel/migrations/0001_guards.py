"""The functions that guard tables, and what the application's role may do with new ones."""

from django.db import migrations

from billing_portal.kernel.models.guards import app_role, quote

REFUSE_CHANGE = """
CREATE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: its rows are never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""

# Arguments: history table, primary key column, then the columns that history leaves out.
# Rows are compared as JSON, so that a new column needs no new function.
DEMAND_HISTORY = """
CREATE FUNCTION portal_demand_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    history constant text := TG_ARGV[0];
    pk constant text := TG_ARGV[1];
    left_out constant text[] := coalesce(TG_ARGV[2:], '{}');
    own constant text[] := ARRAY['history_id', 'history_date', 'history_change_reason',
                                 'history_type', 'history_user_id', 'history_txid'];
    kind constant text := CASE TG_OP WHEN 'INSERT' THEN '+' WHEN 'UPDATE' THEN '~' ELSE '-' END;
    changed jsonb;
    found boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        changed := to_jsonb(OLD) - left_out;
    ELSE
        changed := to_jsonb(NEW) - left_out;
        IF TG_OP = 'UPDATE' AND changed = to_jsonb(OLD) - left_out THEN
            RETURN NULL;  -- only columns outside history changed
        END IF;
    END IF;
    EXECUTE format(
        'SELECT EXISTS (SELECT 1 FROM %I h WHERE h.%I = ($1 ->> %L)::bigint'
        ' AND h.history_txid = pg_current_xact_id() AND h.history_type = $2'
        ' AND to_jsonb(h) - $3 = $1)', history, pk, pk)
        INTO found USING changed, kind, own;
    IF NOT found THEN
        RAISE EXCEPTION '% of % without its history', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation',
                  HINT = 'Write through the service, which leaves a history row with actor and reason.';
    END IF;
    RETURN NULL;
END $$
"""


def grant(apps, schema_editor):
    """Let the application's role read and write what the owner makes, and define nothing."""
    role = quote(app_role())
    schema_editor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    schema_editor.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
        f" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
    )
    schema_editor.execute(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}"
    )
    schema_editor.execute(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    )
    schema_editor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")


class Migration(migrations.Migration):
    initial = True
    run_before = [("contenttypes", "0001_initial")]
    dependencies = []

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION portal_refuse_change()"),
        migrations.RunSQL(DEMAND_HISTORY, "DROP FUNCTION portal_demand_history()"),
    ]
