"""What counts as a small balance, the batches that were collected, and what their sample showed."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
    rate_field,
)
from billing_portal.kernel.models.dated import is_period, once_at_a_time
from billing_portal.kernel.models.history import History
from cases.types.small_balance.vocabulary import Outcome
from cases.work.models import Case
from integrations.canonical.models import PatientAccount

MOST = Decimal("9.99")
"""What a single administrator may set ends here; above it balances are written off one by one."""
LEAST_SHARE = Decimal("0.05")


class SmallBalanceRule(TimestampedModel):
    """Which balances are small: at most `most` in `currency`, and for `rest_days` nothing posted.

    `share` of a batch, rounded up, is looked at before it may be signed.
    """

    currency = currency_field()
    most = money_field()
    share = rate_field(help_text="Of a batch: 0.05 is 5 %.")
    rest_days = models.PositiveSmallIntegerField()
    citation = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_currency("currency"), name="smallbalancerule_currency"
            ),
            models.CheckConstraint(
                condition=Q(most__gt=0, most__lte=MOST), name="smallbalancerule_most"
            ),
            models.CheckConstraint(
                condition=Q(share__gte=LEAST_SHARE, share__lte=1), name="smallbalancerule_share"
            ),
            models.CheckConstraint(condition=~Q(citation=""), name="smallbalancerule_citation"),
            is_period("smallbalancerule_period"),
            once_at_a_time("smallbalancerule_once_at_a_time", "currency"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} from {self.valid_from}"


class SmallBalanceBatch(AppendOnlyModel):
    """The balances of one site that are written off together, and with which seed some were drawn.

    `total` is in the case's currency; `most` and `share` are those of the rule on that day. The
    database refuses a batch whose balances and sample are not what it says.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="small_balances")
    rule = models.ForeignKey(SmallBalanceRule, on_delete=models.PROTECT, related_name="+")
    most = money_field()
    share = rate_field()
    population = models.PositiveIntegerField()
    total = money_field()
    seed = models.TextField()
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(seed=""), name="smallbalancebatch_seed"),
        ]
        verbose_name_plural = "small balance batches"

    def __str__(self) -> str:
        return f"batch of {self.case_id}"


class SmallBalance(AppendOnlyModel):
    """One balance of a batch as its account stated it; an account is in one batch at a time."""

    batch = models.ForeignKey(SmallBalanceBatch, on_delete=models.PROTECT, related_name="balances")
    position = models.PositiveIntegerField()
    account = models.ForeignKey(
        PatientAccount, on_delete=models.PROTECT, related_name="small_balances"
    )
    amount = money_field()
    is_sampled = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="smallbalance_position"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="smallbalance_is_a_debit"),
        ]

    def __str__(self) -> str:
        return f"balance {self.position} of {self.batch_id}"


class SampleLook(AppendOnlyModel):
    """What somebody says who looked at a sampled balance: once, with the reason."""

    balance = models.OneToOneField(SmallBalance, on_delete=models.PROTECT, related_name="look")
    outcome = models.TextField(choices=Outcome.choices)
    reason = models.TextField()
    looked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("outcome", Outcome), name="samplelook_outcome"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="samplelook_reason"),
        ]

    def __str__(self) -> str:
        return f"look {self.pk}"
