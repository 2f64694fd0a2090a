"""The functions that guard tables, and what the application's role may do with new ones."""

from django.db import migrations

from billing_portal.kernel.models.guards import app_role, has_own_role, quote

REFUSE_CHANGE = """
CREATE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

# Whatever the writer sends, when and in which transaction are the database's to say.
STAMP_HISTORY = """
CREATE FUNCTION portal_stamp_history() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.history_date := clock_timestamp();
    NEW.history_txid := pg_current_xact_id();
    RETURN NEW;
END $$
"""


def open_to_the_application(apps, schema_editor):
    """Let the application's role read and write what the owner makes, and define nothing.

    Of the list of migrations it may read, since `/readyz` compares it.
    """
    schema_editor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    if not has_own_role():
        return
    role = quote(app_role())
    tables, sequences = "SELECT, INSERT, UPDATE, DELETE ON", "USAGE, SELECT ON"
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {tables} TABLES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {sequences} SEQUENCES TO {role}",
        f"GRANT {tables} ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT {sequences} ALL SEQUENCES IN SCHEMA public TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM {role}",
    ):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    initial = True
    run_before = [("contenttypes", "0001_initial")]
    dependencies = []

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.RunPython(open_to_the_application, migrations.RunPython.noop),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION portal_refuse_change()"),
        migrations.RunSQL(STAMP_HISTORY, "DROP FUNCTION portal_stamp_history()"),
    ]
