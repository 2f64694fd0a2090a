"""Grants stand beside the thing they are on: guardian's tables for anything else take no rows.

So a grant dies with its thing by a foreign key, and no later thing inherits it by a re-used key.
"""

from django.db import migrations

from billing_portal.kernel.models.guards import refuse

GENERIC = ("guardian_userobjectpermission", "guardian_groupobjectpermission")


def refuse_generic_grants(apps, schema_editor):
    """Neither to a person nor on anything by its bare key."""
    for table in GENERIC:
        refuse(schema_editor, table, name="beside_the_thing", of="INSERT OR UPDATE", each="ROW")


def allow_generic_grants(apps, schema_editor):
    """The reverse."""
    for table in GENERIC:
        schema_editor.execute(f"DROP TRIGGER beside_the_thing ON {table}")


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("kernel", "0001_guards"),
        (
            "guardian",
            "0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more",
        ),
    ]

    operations = [migrations.RunPython(refuse_generic_grants, allow_generic_grants)]
