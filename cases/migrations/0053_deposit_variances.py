"""Deposit lists are followed; payments apart from their deposits go to payment posting."""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations, models

RULES = Path(__file__).resolve().parent.parent / "types/deposit_variance/reference/rules.json"
reference = import_module("cases.migrations.0003_reference")
steps = import_module("cases.migrations.0049_rules_in_step")


def seed_rules(apps, schema_editor):
    """Their rule goes first; then all are ten apart again."""
    queues = {queue.key: queue for queue in apps.get_model("cases.Queue").objects.all()}
    held = set(apps.get_model("cases.RoutingRule").objects.values_list("key", flat=True))
    rows = [
        rule | {"queue": queues[rule["queue"]]}
        for rule in json.loads(RULES.read_text(encoding="utf-8"))
        if rule["key"] not in held
    ]
    reference.seed(apps, schema_editor, "cases.RoutingRule", rows)
    steps.put_in_step(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0052_refund_checks'),
        ('integrations', '0008_deposits'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='stuckchange',
            name='stuckchange_record',
        ),
        migrations.AlterField(
            model_name='stuckchange',
            name='record',
            field=models.TextField(choices=[('remittance', 'Remittance'), ('remitted_claim', 'Remitted claim'), ('claim', 'Claim'), ('outbox', 'Outbox message'), ('account', 'Patient account'), ('provider_adjustment', 'Provider adjustment'), ('vendor_invoice', 'Vendor invoice'), ('purchase_order', 'Purchase order'), ('goods_receipt', 'Goods receipt'), ('deposit_list', 'Deposit list')]),
        ),
        migrations.AddConstraint(
            model_name='stuckchange',
            constraint=models.CheckConstraint(condition=models.Q(('record__in', ['account', 'claim', 'deposit_list', 'goods_receipt', 'outbox', 'provider_adjustment', 'purchase_order', 'remittance', 'remitted_claim', 'vendor_invoice'])), name='stuckchange_record'),
        ),
        migrations.RunPython(seed_rules, migrations.RunPython.noop),
    ]
