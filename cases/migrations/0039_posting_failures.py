"""Where posting failures go."""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations

RULES = Path(__file__).resolve().parent.parent / "types/posting_failure/reference/rules.json"
reference = import_module("cases.migrations.0003_reference")


def seed_rules(apps, schema_editor):
    """What the ledger refused goes to the posting desk."""
    queues = {queue.key: queue for queue in apps.get_model("cases.Queue").objects.all()}
    held = set(apps.get_model("cases.RoutingRule").objects.values_list("key", flat=True))
    rows = [
        rule | {"queue": queues[rule["queue"]]}
        for rule in json.loads(RULES.read_text(encoding="utf-8"))
        if rule["key"] not in held
    ]
    reference.seed(apps, schema_editor, "cases.RoutingRule", rows)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0038_ledgers'),
    ]

    operations = [
        migrations.RunPython(seed_rules, migrations.RunPython.noop),
    ]
