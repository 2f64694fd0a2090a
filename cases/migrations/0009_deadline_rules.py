"""Deadline rules and their traces are guarded; the federal rules come with the house, cited.

What a payer's contract says nobody but the house knows: those rules start empty.
"""

from importlib import import_module

from django.db import migrations

from billing_portal.kernel.models.guards import AppendOnly, Track

reference = import_module("cases.migrations.0003_reference")


def seed(apps, schema_editor):
    """The rules that a public page vouches for; then let the database check them."""
    rows = [
        {
            name: None if name == "valid_to" and not value else value
            for name, value in row.items()
        }
        for row in reference.rows_of("sla/reference/deadlines.csv")
    ]
    reference.seed(apps, schema_editor, "cases.DeadlineRule", rows)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_deadlines")]

    operations = [
        Track("cases", "DeadlineRule"),
        AppendOnly("cases", "CaseDeadline"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
