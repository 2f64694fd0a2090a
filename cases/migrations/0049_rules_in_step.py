"""Rules that came with case types stand in the book as its editor leaves them: ten apart."""

from django.db import migrations

from billing_portal.kernel.models.history import OWN_COLUMNS

STEP = 10
REASON = "Put in step with the other rules; their order stays."
IN_STEP = """
WITH placed AS (
    SELECT id, row_number() OVER (ORDER BY position, id) * %s AS place
    FROM cases_routingrule WHERE position IS NOT NULL
)
UPDATE cases_routingrule AS r SET position = p.place
FROM placed AS p WHERE p.id = r.id AND r.position <> p.place
RETURNING r.id
"""


def put_in_step(apps, schema_editor):
    """Number the rules anew in their order, with history."""
    history = apps.get_model("cases.HistoricalRoutingRule")._meta
    columns = ", ".join(
        f'"{field.column}"' for field in history.concrete_fields if field.column not in OWN_COLUMNS
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(IN_STEP, [STEP])
        moved = [pk for (pk,) in cursor.fetchall()]
    schema_editor.execute(
        f"INSERT INTO {history.db_table} ({columns}, history_change_reason, history_type,"
        f" history_user_id) SELECT {columns}, %s, '~',"
        " (SELECT u.id FROM accounts_user AS u WHERE u.username = 'system:setup')"
        " FROM cases_routingrule AS r WHERE r.id = ANY(%s) ORDER BY r.id",
        [REASON, moved],
    )
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("cases", "0048_contract_rates")]

    operations = [migrations.RunPython(put_in_step, migrations.RunPython.noop)]
