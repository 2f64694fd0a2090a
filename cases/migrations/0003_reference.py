"""What a house needs before its first message: queues, targets, calendar, rules and code maps.

Each row has its history, with a reason, by the system that sets the house up. Everything here is
configuration from then on: administrators edit it, later releases leave it alone.
"""

import csv
import json
from datetime import date
from pathlib import Path

import holidays
from django.db import migrations

CASES = Path(__file__).resolve().parent.parent
REASON = "Comes with the house"
SYSTEMS = {"system:setup": "Setup", "system:detection": "Detection", "system:tickler": "Tickler"}
KNOWN_SINCE = date(1990, 1, 1)
HOLIDAY_YEARS = range(2020, 2036)
WEEKDAYS = {str(day): [["08:00", "17:00"]] for day in range(1, 6)}
OWN_COLUMNS = {
    "history_id",
    "history_date",
    "history_change_reason",
    "history_type",
    "history_user_id",
    "history_txid",
}


def rows_of(path):
    """The rows of a reference file, as dictionaries."""
    with (CASES / path).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def seed(apps, schema_editor, label, rows):
    """Make rows of a tracked model, with history; returns them."""
    model = apps.get_model(label)
    made = model.objects.bulk_create([model(**row) for row in rows])
    leave_history(apps, schema_editor, label, [row.pk for row in made])
    return made


def leave_history(apps, schema_editor, label, ids):
    """History of rows just made, by the system that sets the house up."""
    app_label, name = label.split(".")
    model, history = apps.get_model(label), apps.get_model(app_label, f"Historical{name}")
    columns = ", ".join(
        f'"{field.column}"'
        for field in history._meta.concrete_fields
        if field.column not in OWN_COLUMNS
    )
    schema_editor.execute(
        f"INSERT INTO {history._meta.db_table} ({columns}, history_change_reason, history_type,"
        f" history_user_id) SELECT {columns}, %s, '+',"
        " (SELECT u.id FROM accounts_user AS u WHERE u.username = 'system:setup') AS by"
        f" FROM {model._meta.db_table} WHERE id = ANY(%s) ORDER BY id",
        [REASON, ids],
    )


def seed_systems(apps, schema_editor):
    """The systems that act on cases by themselves; they can never sign in."""
    held = set(apps.get_model("accounts.User").objects.values_list("username", flat=True))
    rows = [
        {"username": username, "full_name": name, "kind": "system", "password": "!"}
        for username, name in SYSTEMS.items()
        if username not in held
    ]
    seed(apps, schema_editor, "accounts.User", rows)


def seed_facility(apps, schema_editor):
    """Where claims wait whose facility no crosswalk names."""
    if not apps.get_model("integrations.Facility").objects.filter(key="unassigned").exists():
        seed(
            apps,
            schema_editor,
            "integrations.Facility",
            [{"key": "unassigned", "name": "Unassigned"}],
        )


def seed_queues(apps, schema_editor):
    """The queues, in the order of their file; returns them by key."""
    rows = [
        row | {"position": position}
        for position, row in enumerate(rows_of("work/reference/queues.csv"), start=1)
    ]
    return {queue.key: queue for queue in seed(apps, schema_editor, "cases.Queue", rows)}


def seed_targets(apps, schema_editor, queues):
    """By when each queue's cases are to be touched and resolved."""
    rows = []
    for row in rows_of("sla/reference/targets.csv"):
        for clock in ("first_touch", "resolve"):
            target = {"queue": queues[row["queue"]], "clock": clock, "unit": row[f"{clock}_unit"]}
            rows.append(target | {"amount": int(row[clock])})
    seed(apps, schema_editor, "cases.Target", rows)


def seed_calendar(apps, schema_editor):
    """The house's hours, and the federal holidays of the United States."""
    house = {
        "key": "house",
        "name": "House: weekdays 8 to 5, US federal holidays",
        "time_zone": "America/Chicago",
        "hours": WEEKDAYS,
    }
    [calendar] = seed(apps, schema_editor, "cases.Calendar", [house])
    federal = holidays.country_holidays("US", years=HOLIDAY_YEARS)
    rows = [{"calendar": calendar, "on": on, "name": name} for on, name in sorted(federal.items())]
    seed(apps, schema_editor, "cases.Holiday", rows)


def seed_rules(apps, schema_editor, queues):
    """The routing rules, ten apart, so that one fits between two."""
    text = (CASES / "routing/reference/rules.json").read_text(encoding="utf-8")
    rows = [
        rule | {"queue": queues[rule["queue"]], "position": position * 10}
        for position, rule in enumerate(json.loads(text), start=1)
    ]
    seed(apps, schema_editor, "cases.RoutingRule", rows)


def seed_codes(apps, schema_editor, queues):
    """What adjustment and remark codes mean, in the project's own words."""
    carcs = [
        row
        | {"queue": queues[row["queue"]], "is_denial": row["is_denial"] == "Y"}
        | {"valid_from": KNOWN_SINCE}
        for row in rows_of("types/denial/reference/carc.csv")
    ]
    seed(apps, schema_editor, "cases.AdjustmentCode", carcs)
    rarcs = [
        row
        | {"queue": queues[row["queue"]], "is_alert": row["is_alert"] == "Y"}
        | {"valid_from": KNOWN_SINCE}
        for row in rows_of("types/denial/reference/rarc.csv")
    ]
    seed(apps, schema_editor, "cases.RemarkCode", rarcs)


def seed_all(apps, schema_editor):
    """Everything, in the order of its needs; then let the database check it."""
    seed_systems(apps, schema_editor)
    seed_facility(apps, schema_editor)
    queues = seed_queues(apps, schema_editor)
    seed_targets(apps, schema_editor, queues)
    seed_calendar(apps, schema_editor)
    seed_rules(apps, schema_editor, queues)
    seed_codes(apps, schema_editor, queues)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_guards"),
        ("integrations", "0002_guards"),
        ("accounts", "0002_guards"),
    ]

    operations = [migrations.RunPython(seed_all, migrations.RunPython.noop)]
