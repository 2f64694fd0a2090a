"""What was billed: coverage, encounter, claim and its lines."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from billing_portal.kernel.models.bases import (
    TimestampedModel,
    currency_field,
    is_currency,
    money_field,
    quantity_field,
)
from billing_portal.kernel.models.history import History
from integrations.canonical.models.parties import Facility, Patient, Payer, Provider
from integrations.canonical.models.sources import Source
from integrations.canonical.querysets import ClaimQuerySet


class Coverage(TimestampedModel):
    """A patient's membership with a payer."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    member_id = models.TextField()
    group_number = models.TextField(default="")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    source_version = models.TextField(default="")

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "patient", "payer", "member_id"], name="coverage_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gt=F("starts_on")),
                name="coverage_period",
            ),
        ]

    def __str__(self) -> str:
        return f"coverage {self.pk}"


class Encounter(TimestampedModel):
    """One visit or stay, as the EHR knows it."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    external_id = models.TextField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    source_version = models.TextField(default="")

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="encounter_once")
        ]

    def __str__(self) -> str:
        return f"encounter {self.external_id}"


class Claim(TimestampedModel):
    """One claim to one payer.

    Its natural key is what both sides put on it: the payer's and payee's identifiers as sent, and
    the patient control number (CLM01/CLP01). `payer` and `facility` are what the crosswalks make of
    those today. `charge` is in `currency`. `source_version` orders what is known of it: an older
    fact never overwrites a newer one.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    payer_identifier = models.TextField()
    payee_identifier = models.TextField()
    patient_control_number = models.TextField()
    payer_control_number = models.TextField(
        default="", help_text="The payer's own number (ICN, CLP07), latest known."
    )
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="claims")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="claims")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="claims")
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, related_name="claims"
    )
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, null=True, related_name="claims"
    )
    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, null=True, related_name="claims"
    )
    charge = money_field()
    currency = currency_field()
    service_from = models.DateField(null=True, blank=True)
    service_to = models.DateField(null=True, blank=True)
    source_version = models.TextField(default="")

    objects = ClaimQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient_control_number", "payer_identifier", "payee_identifier"],
                name="claim_once",
            ),
            models.CheckConstraint(condition=is_currency("currency"), name="claim_currency"),
        ]
        indexes = [
            models.Index(fields=["payer_control_number"], name="claim_payer_control_number"),
        ]

    def __str__(self) -> str:
        return self.patient_control_number


class ClaimLine(TimestampedModel):
    """One line as billed (837, EHR); what the payer made of it is a remittance's service line."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    control_number = models.TextField(default="")
    procedure = models.TextField(default="")
    modifiers = models.TextField(default="")
    revenue_code = models.TextField(default="")
    units = quantity_field(null=True)
    charge = money_field()
    service_from = models.DateField(null=True, blank=True)
    service_to = models.DateField(null=True, blank=True)

    history = History()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["claim", "number"], name="claimline_once")]

    def __str__(self) -> str:
        return f"line {self.number}"
