"""What the patient accounting system says: accounts, and what was posted to them.

Amounts are in the account's currency, signed by what they do to the balance: charges and refunds
raise it, payments lower it, contractual adjustments and reversals go either way.
"""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
)
from billing_portal.kernel.models.history import History
from integrations.canonical.models.parties import Facility, Patient, Payer
from integrations.canonical.models.sources import Source


class EntryKind(models.TextChoices):
    """What was posted."""

    CHARGE = "charge", "Charge"
    PAYMENT = "payment", "Payment"
    CONTRACTUAL = "contractual", "Contractual adjustment"
    REFUND = "refund", "Refund"
    REVERSAL = "reversal", "Reversal"


class Tender(models.TextChoices):
    """How a payment came."""

    EFT = "eft", "EFT"
    CHECK = "check", "Check"
    CARD = "card", "Card"
    CASH = "cash", "Cash"
    UNKNOWN = "", "Not said"


class PatientAccount(TimestampedModel):
    """One patient account as last stated: its balance is the sum of its entries, to the cent.

    A deferred trigger says so too. Patient data stay in patient records: `guarantor` points to
    one, known by the source's own key. `guarantor_state` is that of the last known address,
    `guarantor_changed_on` the day that it or the bank details changed. `source_version` orders
    statements: an older one never overwrites a newer.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    number = models.TextField()
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="accounts")
    guarantor = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, related_name="guaranteed_accounts"
    )
    guarantor_state = models.TextField(default="")
    guarantor_changed_on = models.DateField(null=True)
    balance = money_field()
    currency = currency_field()
    stated_on = models.DateField()
    source_version = models.TextField()

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="patientaccount_once"),
            models.CheckConstraint(
                condition=is_currency("currency"), name="patientaccount_currency"
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"


class LedgerEntry(AppendOnlyModel):
    """One posting to an account, exactly as stated. `payer` is empty for the patient's own.

    `rank` is the payer's place among the account's payers (1: primary). `claim_number` is the
    patient control number it was posted to; `reverses` the number of the entry that it takes back
    or pays back. `is_applied` is false for money that waits to be given to a charge. `posted_by` is
    the poster as the source names them.
    """

    account = models.ForeignKey(
        PatientAccount, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    number = models.TextField()
    digest = models.TextField()
    kind = models.TextField(choices=EntryKind.choices)
    amount = money_field()
    posted_on = models.DateField()
    posted_by = models.TextField(default="")
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    rank = models.PositiveSmallIntegerField(null=True)
    tender = models.TextField(choices=Tender.choices, default=Tender.UNKNOWN, blank=True)
    claim_number = models.TextField(default="")
    line = models.TextField(default="")
    reverses = models.TextField(default="")
    is_applied = models.BooleanField(default=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="ledgerentry_once"),
            models.CheckConstraint(condition=is_choice("kind", EntryKind), name="ledgerentry_kind"),
            models.CheckConstraint(
                condition=is_choice("tender", Tender), name="ledgerentry_tender"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["charge", "refund"]) | Q(amount__gte=0),
                name="ledgerentry_raises",
            ),
            models.CheckConstraint(
                condition=~Q(kind="payment") | Q(amount__lte=0), name="ledgerentry_lowers"
            ),
            models.CheckConstraint(
                condition=~Q(kind="reversal") | ~Q(reverses=""), name="ledgerentry_reverses"
            ),
        ]
        indexes = [
            models.Index(
                fields=["claim_number"],
                condition=~Q(claim_number=""),
                name="ledgerentry_of_claim",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
