"""What the books say when a refund cheque to a payer goes stale: the liability to it revives."""

from datetime import date
from importlib import import_module

from django.db import migrations

reference = import_module("cases.migrations.0003_reference")
KEY = "payer_cheque_stale"
TEMPLATE = {
    "key": KEY,
    "label": "Refund cheque to a payer gone stale",
    "citation": "House chart of accounts: an uncashed cheque revives the liability",
    "valid_from": date(2020, 1, 1),
}


def seed(apps, schema_editor):
    """One template with one line, unless the house has made its own."""
    if apps.get_model("cases.JournalTemplate").objects.filter(key=KEY).exists():
        return
    [template] = reference.seed(apps, schema_editor, "cases.JournalTemplate", [TEMPLATE])
    line = {"template": template, "position": 1, "debit": "cash", "credit": "payer_refunds"}
    reference.seed(apps, schema_editor, "cases.TemplateLine", [line])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("cases", "0055_emergency_guards")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
