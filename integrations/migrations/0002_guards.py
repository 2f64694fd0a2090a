"""Parties and claims never change without history; what was received and decided never changes."""

from django.db import migrations

from billing_portal.kernel.models.guards import AppendOnly, Track

TRACKED = [
    "Source",
    "Payer",
    "PayerIdentifier",
    "Facility",
    "FacilityIdentifier",
    "FacilityGroupObjectPermission",
    "Provider",
    "Patient",
    "Coverage",
    "Encounter",
    "Claim",
    "ClaimLine",
]
FACTS = [
    "Remittance",
    "RemittanceReading",
    "RemittedClaim",
    "ServiceLine",
    "Adjustment",
    "Remark",
    "ProviderAdjustment",
    "MessageChunk",
    "Change",
]


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial"), ("kernel", "0001_guards")]

    operations = [
        *(Track("integrations", model) for model in TRACKED),
        *(AppendOnly("integrations", model) for model in FACTS),
    ]
