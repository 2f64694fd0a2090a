"""A chart of accounts, journal templates and monthly periods to begin with; then they are the house's.

Every template says where it comes from. Administrators map the accounts to those of their ERP.
"""

from calendar import monthrange
from datetime import date
from importlib import import_module
from itertools import groupby

from django.db import migrations

reference = import_module("cases.migrations.0003_reference")
KNOWN_SINCE = date(2020, 1, 1)
YEARS = range(2025, 2031)


def seed_accounts(apps, schema_editor):
    """Each account, and the role that it serves at every site."""
    rows = reference.rows_of("effects/reference/accounts.csv")
    roles = [row.pop("role") for row in rows]
    accounts = reference.seed(apps, schema_editor, "cases.Account", rows)
    reference.seed(
        apps,
        schema_editor,
        "cases.AccountMapping",
        [
            {"role": role, "account": account, "valid_from": KNOWN_SINCE}
            for role, account in zip(roles, accounts, strict=True)
        ],
    )


def seed_templates(apps, schema_editor):
    """Each template with its lines; the first line of it names and cites it."""
    rows = reference.rows_of("effects/reference/templates.csv")
    for key, group in groupby(rows, key=lambda row: row["key"]):
        lines = list(group)
        named = {"key": key, "label": lines[0]["label"], "citation": lines[0]["citation"]}
        [template] = reference.seed(
            apps, schema_editor, "cases.JournalTemplate", [named | {"valid_from": KNOWN_SINCE}]
        )
        reference.seed(
            apps,
            schema_editor,
            "cases.TemplateLine",
            [
                {
                    "template": template,
                    "position": position,
                    "amount": line["amount"],
                    "debit": line["debit"],
                    "credit": line["credit"],
                    "is_signed": line["is_signed"] == "Y",
                    "ties": line["ties"] == "Y",
                }
                for position, line in enumerate(lines, start=1)
            ],
        )


def seed_periods(apps, schema_editor):
    """Calendar months, open: the controller closes them."""
    rows = [
        {"starts_on": date(year, month, 1), "ends_on": date(year, month, monthrange(year, month)[1])}
        for year in YEARS
        for month in range(1, 13)
    ]
    reference.seed(apps, schema_editor, "cases.FiscalPeriod", rows)


def seed(apps, schema_editor):
    """All of it; then let the database check it."""
    seed_accounts(apps, schema_editor)
    seed_templates(apps, schema_editor)
    seed_periods(apps, schema_editor)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("cases", "0033_effects")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
