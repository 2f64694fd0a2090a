"""A tickler that came back to one person is no tickler of whom the case is given to."""

from importlib import import_module

from django.db import migrations

KEEP = import_module("cases.migrations.0021_ranks").KEEP.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
STAYS = "THEN r.is_returned\n"
IF_OWNED_AS_BEFORE = "THEN r.is_returned AND r.owner_id IS NOT DISTINCT FROM e.owner_id\n"


class Migration(migrations.Migration):
    dependencies = [("cases", "0031_joining")]

    operations = [migrations.RunSQL(KEEP.replace(STAYS, IF_OWNED_AS_BEFORE), KEEP)]
