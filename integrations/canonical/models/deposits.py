"""What the bank says came in: append-only facts, exactly as listed, in the list's currency."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    currency_field,
    is_currency,
    money_field,
)
from integrations.canonical.models.parties import Payer
from integrations.canonical.models.sources import Source


class DepositList(AppendOnlyModel):
    """A bank's list of the deposits on one account from a day through another, whole.

    The account is known by its digest alone. Lists of one account may overlap, its deposits not:
    the bank's number makes each of them once.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    account_digest = models.TextField()
    number = models.TextField()
    digest = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    currency = currency_field()
    total = money_field()
    correlation_id = models.TextField(default="")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_digest", "number"], name="depositlist_once"),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="depositlist_period"
            ),
            models.CheckConstraint(condition=is_currency("currency"), name="depositlist_currency"),
        ]

    def __str__(self) -> str:
        return self.number


class Deposit(AppendOnlyModel):
    """One deposit. `trace` is what its sender wrote to it (TRN02), empty for a check.

    `payer` is whom the source's crosswalk knows `payer_identifier` for; NULL: nobody said.
    """

    deposit_list = models.ForeignKey(DepositList, on_delete=models.PROTECT, related_name="deposits")
    account_digest = models.TextField()
    number = models.TextField()
    deposited_on = models.DateField()
    amount = money_field()
    trace = models.TextField(default="")
    payer_identifier = models.TextField(default="")
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_digest", "number"], name="deposit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="deposit_amount"),
        ]
        indexes = [
            models.Index(fields=["trace"], name="deposit_trace"),
            models.Index(fields=["payer", "amount", "deposited_on"], name="deposit_of_payer"),
        ]

    def __str__(self) -> str:
        return self.number
