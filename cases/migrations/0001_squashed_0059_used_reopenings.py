"""An empty database gets the tables of 0001 to 0059 at once; any other goes on step by step."""

from django.db import migrations

from billing_portal.kernel.models.at_once import at_once

STEPS = [
    "0001_initial",
    "0002_guards",
    "0003_reference",
    "0004_stuck_changes",
    "0005_jobs",
    "0006_notifications",
    "0007_editions",
    "0008_deadlines",
    "0009_deadline_rules",
    "0010_bulk",
    "0011_clocks",
    "0012_projects",
    "0013_rules_in_the_book",
    "0014_appeals",
    "0015_letter_templates",
    "0016_collaboration",
    "0017_rule_hits",
    "0018_appeal_told_of",
    "0019_open_case_indexes",
    "0020_priority",
    "0021_ranks",
    "0022_quality",
    "0023_waking",
    "0024_reason_index",
    "0025_saved_views",
    "0026_presence",
    "0027_codes_in_the_book",
    "0028_bulk_labels",
    "0029_open_cases",
    "0030_open_cases_kept",
    "0031_joining",
    "0032_given_on",
    "0033_effects",
    "0034_chart_of_accounts",
    "0035_why_left",
    "0036_outbox_changes",
    "0037_credit_balances",
    "0038_ledgers",
    "0039_posting_failures",
    "0040_approvals",
    "0041_approval_guards",
    "0042_approval_policies",
    "0043_vendor_invoices",
    "0044_refunds",
    "0045_invoice_exceptions",
    "0046_invoice_desks",
    "0047_write_offs",
    "0048_contract_rates",
    "0049_rules_in_step",
    "0050_small_balances",
    "0051_small_balance_guards",
    "0052_refund_checks",
    "0053_deposit_variances",
    "0054_emergencies",
    "0055_emergency_guards",
    "0056_payer_cheques",
    "0057_reopenings",
    "0058_effects_are_approved",
    "0059_used_reopenings",
]


class Migration(migrations.Migration):
    replaces = [("cases", step) for step in STEPS]
    dependencies = [
        ("accounts", "0003_staff_number"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("integrations", "0008_deposits"),
        ("kernel", "0001_guards"),
    ]
    operations = at_once("cases.migrations", STEPS)
