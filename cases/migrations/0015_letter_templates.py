"""The letters that come with the house, in its own words; administrators edit them from then on."""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations

TEMPLATES = Path(__file__).resolve().parent.parent / "types/denial/appeals/reference/templates.json"
reference = import_module("cases.migrations.0003_reference")


def seed(apps, schema_editor):
    """Each template with its history, and the system that asks payers again."""
    if not apps.get_model("accounts.User").objects.filter(username="system:appeals").exists():
        system = {"username": "system:appeals", "full_name": "Appeals", "kind": "system"}
        reference.seed(apps, schema_editor, "accounts.User", [system | {"password": "!"}])
    rows = json.loads(TEMPLATES.read_text(encoding="utf-8"))
    reference.seed(apps, schema_editor, "cases.LetterTemplate", rows)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_appeals"), ("accounts", "0002_guards")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
