"""An empty database gets the tables of 0001 to 0008 at once; any other goes on step by step."""

from django.db import migrations

from billing_portal.kernel.models.at_once import at_once

STEPS = [
    "0001_initial",
    "0002_guards",
    "0003_patient_names",
    "0004_acknowledgements",
    "0005_outbox",
    "0006_ledger",
    "0007_purchasing",
    "0008_deposits",
]


class Migration(migrations.Migration):
    replaces = [("integrations", step) for step in STEPS]
    dependencies = [
        ("accounts", "0003_staff_number"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("kernel", "0001_guards"),
    ]
    operations = at_once("integrations.migrations", STEPS)
