"""What payers decided and paid: append-only facts, exactly as sent.

Amounts are in the remittance's currency and carry the sender's sign: a reversal's are negative, a
positive provider-level adjustment lowers the payment. Where a unique constraint begins with a
foreign key, its index serves both: these are the largest tables, and each index costs intake.
"""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
    quantity_field,
)
from integrations.canonical.models.claims import Claim
from integrations.canonical.models.parties import Facility, Payer
from integrations.canonical.models.sources import Source
from integrations.canonical.querysets import RemittanceQuerySet, RemittedClaimQuerySet


class AdjustmentGroup(models.TextChoices):
    """CAS01: who bears the difference between charge and payment."""

    CO = "CO", "Contractual: the provider may not bill the patient"
    PR = "PR", "Patient responsibility"
    OA = "OA", "Other: neither"
    PI = "PI", "Payer initiated: the provider may dispute"
    CR = "CR", "Correction (4010 reversals)"


class RemarkPlace(models.TextChoices):
    """Where a remark code stood."""

    LINE = "line", "Service line (LQ)"
    INPATIENT = "claim_inpatient", "Claim, inpatient (MIA)"
    OUTPATIENT = "claim_outpatient", "Claim, outpatient (MOA)"


class Remittance(AppendOnlyModel):
    """One payment: an 835 transaction, a cheque or an EFT. `amount` is BPR02, negative for a debit.

    Its key is payer, payee, trace number (TRN02), date (BPR16) and amount (BPR02). What it was read
    to contain stands in its readings: the same key with another content is an incident, never a
    merge, unless what is held is known to be incomplete.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="remittances")
    payer_identifier = models.TextField()
    payee_identifier = models.TextField()
    trace_number = models.TextField()
    paid_on = models.DateField(null=True)
    amount = money_field()
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="remittances")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="remittances")
    method = models.TextField(default="")
    produced_on = models.DateField(null=True)
    currency = currency_field()
    correlation_id = models.TextField(default="")
    received_at = models.DateTimeField(db_default=Now())

    objects = RemittanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "trace_number",
                    "payer_identifier",
                    "payee_identifier",
                    "paid_on",
                    "amount",
                ],
                nulls_distinct=False,
                name="remittance_once",
            ),
            models.CheckConstraint(condition=is_currency("currency"), name="remittance_currency"),
        ]

    def __str__(self) -> str:
        return self.trace_number


class RemittanceReading(AppendOnlyModel):
    """What one reading of a remittance found; the newest one holds.

    `digest` is of the canonical content. `is_complete` is false when it was truncated or some of
    its claims were quarantined: a later whole adds the members that were missing. `is_balanced`:
    paid_total - provider_adjustment_total = the payment.
    """

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="readings")
    digest = models.TextField()
    claim_count = models.PositiveIntegerField()
    quarantined_count = models.PositiveIntegerField()
    paid_total = money_field()
    provider_adjustment_total = money_field()
    is_balanced = models.BooleanField()
    is_complete = models.BooleanField()
    correlation_id = models.TextField(default="")
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remittance", "digest"], name="remittancereading_once")
        ]

    def __str__(self) -> str:
        return f"reading {self.pk}"


class RemittedClaim(AppendOnlyModel):
    """One claim's adjudication in one remittance (a CLP loop)."""

    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="adjudications")
    digest = models.TextField()
    ordinal = models.PositiveIntegerField(
        help_text="Among equal members of the remittance, from 1."
    )
    status_code = models.TextField()
    charge = money_field()
    paid = money_field()
    patient_responsibility = money_field(null=True)
    filing_indicator = models.TextField(default="")
    payer_control_number = models.TextField(default="")
    facility_code = models.TextField(default="")
    frequency_code = models.TextField(default="")
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    received_on = models.DateField(
        null=True, help_text="When the payer received the claim (DTM*050)."
    )
    position = models.PositiveIntegerField(help_text="Segment of its message, from 1.")

    objects = RemittedClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["remittance", "digest", "ordinal"], name="remittedclaim_once"
            ),
        ]
        indexes = [
            models.Index(fields=["payer_control_number"], name="remittedclaim_control_number"),
            models.Index(
                fields=["claim"], condition=Q(status_code="22"), name="remittedclaim_reversals"
            ),
        ]

    def __str__(self) -> str:
        return f"adjudication {self.pk}"


class Reversal(models.Model):
    """Which earlier adjudication a reversal (CLP02 22) takes back.

    Not a fact but a conclusion from facts, drawn again when one that arrives late changes it: so
    the same remittances in any order end in the same links (`canonical.apply.reversals`).
    """

    reversal = models.OneToOneField(
        RemittedClaim, on_delete=models.PROTECT, related_name="reverses"
    )
    reversed_claim = models.OneToOneField(
        RemittedClaim, on_delete=models.PROTECT, related_name="reversed_by"
    )

    def __str__(self) -> str:
        return f"reversal {self.pk}"


class ServiceLine(AppendOnlyModel):
    """One service line's adjudication (an SVC loop)."""

    remitted_claim = models.ForeignKey(
        RemittedClaim, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    ordinal = models.PositiveIntegerField()
    procedure = models.TextField(default="")
    modifiers = models.TextField(default="")
    revenue_code = models.TextField(default="")
    charge = money_field()
    paid = money_field()
    allowed = money_field(null=True)
    units = quantity_field(null=True)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True)
    control_number = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remitted_claim", "ordinal"], name="serviceline_once")
        ]

    def __str__(self) -> str:
        return f"line {self.ordinal}"


class Adjustment(AppendOnlyModel):
    """Why a payment differs from its charge (one CAS triplet), on the claim or on one line."""

    remitted_claim = models.ForeignKey(
        RemittedClaim, on_delete=models.PROTECT, related_name="adjustments", db_index=False
    )
    line_ordinal = models.PositiveIntegerField(default=0, help_text="0: claim level.")
    ordinal = models.PositiveIntegerField()
    group = models.TextField(choices=AdjustmentGroup.choices)
    carc = models.TextField()
    amount = money_field()
    quantity = quantity_field(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["remitted_claim", "line_ordinal", "ordinal"], name="adjustment_once"
            ),
            models.CheckConstraint(
                condition=is_choice("group", AdjustmentGroup), name="adjustment_group"
            ),
            models.CheckConstraint(condition=~Q(carc=""), name="adjustment_carc"),
        ]

    def __str__(self) -> str:
        return f"{self.group}-{self.carc}"


class Remark(AppendOnlyModel):
    """A remark code (RARC) beside the adjustments."""

    remitted_claim = models.ForeignKey(
        RemittedClaim, on_delete=models.PROTECT, related_name="remarks", db_index=False
    )
    line_ordinal = models.PositiveIntegerField(default=0, help_text="0: claim level.")
    ordinal = models.PositiveIntegerField()
    place = models.TextField(choices=RemarkPlace.choices)
    code = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["remitted_claim", "line_ordinal", "ordinal"], name="remark_once"
            ),
            models.CheckConstraint(condition=is_choice("place", RemarkPlace), name="remark_place"),
        ]

    def __str__(self) -> str:
        return self.code


class ProviderAdjustment(AppendOnlyModel):
    """A payment change that belongs to no claim (one PLB pair); positive lowers the payment."""

    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="provider_adjustments"
    )
    ordinal = models.PositiveIntegerField()
    provider_identifier = models.TextField(default="")
    fiscal_period_end = models.DateField(null=True)
    reason = models.TextField()
    reference = models.TextField(default="")
    amount = money_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["remittance", "ordinal"], name="provideradjustment_once"
            )
        ]

    def __str__(self) -> str:
        return self.reason
