"""Queues, targets, routing and tolerances of vendors' invoices; then they are the house's."""

from datetime import date
from importlib import import_module

from django.db import migrations

reference = import_module("cases.migrations.0003_reference")
FOLDER = "types/invoice_exception/reference"
KNOWN_SINCE = date(1990, 1, 1)
FIRST_TOUCH, RESOLVE = 1, 5
SAME_DAY = {"ap-duplicate": (0, "business_days", 0, "business_days")}
BEFORE_PAYERS = range(11, 20)
USUAL = (FIRST_TOUCH, "business_days", RESOLVE, "business_days")


def seed_queues(apps, schema_editor):
    """One queue for each desk, after those that are there."""
    rows = reference.rows_of(f"{FOLDER}/queues.csv")
    desks = [row.pop("desk") for row in rows]
    last = apps.get_model("cases.Queue").objects.count()
    rows = [row | {"position": last + at} for at, row in enumerate(rows, start=1)]
    return dict(zip(desks, reference.seed(apps, schema_editor, "cases.Queue", rows), strict=True))


def seed_targets(apps, schema_editor, queues):
    """A day and five, but for duplicates: a payment may be under way."""
    rows = []
    for queue in queues.values():
        touch, touch_unit, resolve, resolve_unit = SAME_DAY.get(queue.key, USUAL)
        rows.append({"queue": queue, "clock": "first_touch", "unit": touch_unit, "amount": touch})
        rows.append({"queue": queue, "clock": "resolve", "unit": resolve_unit, "amount": resolve})
    reference.seed(apps, schema_editor, "cases.Target", rows)


def seed_rules(apps, schema_editor, queues):
    """Each desk's cases to its queue, before the rules that ask for a payer: invoices have none."""
    rules = apps.get_model("cases.RoutingRule").objects
    taken = set(rules.values_list("position", flat=True))
    free = (position for position in BEFORE_PAYERS if position not in taken)
    rows = [
        {
            "key": queue.key,
            "name": f"Vendor invoices: {queue.name}",
            "queue": queue,
            "position": next(free),
            "condition": {
                "all": [
                    {"field": "case_type", "is": "is", "value": "invoice_exception"},
                    {"field": "category", "is": "is", "value": desk},
                ]
            },
        }
        for desk, queue in queues.items()
    ]
    reference.seed(apps, schema_editor, "cases.RoutingRule", rows)


def seed_tolerances(apps, schema_editor):
    """The demo defaults, each with its citation."""
    rows = [
        row
        | {name: row[name] or None for name in ("percent", "amount")}
        | {"valid_from": KNOWN_SINCE}
        for row in reference.rows_of(f"{FOLDER}/tolerances.csv")
    ]
    reference.seed(apps, schema_editor, "cases.Tolerance", rows)


def seed(apps, schema_editor):
    """All of it; then let the database check it."""
    queues = seed_queues(apps, schema_editor)
    seed_targets(apps, schema_editor, queues)
    seed_rules(apps, schema_editor, queues)
    seed_tolerances(apps, schema_editor)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("cases", "0045_invoice_exceptions")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
