"""What contracts allow: rates by payer, site and code, dated and cited."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from billing_portal.kernel.models.bases import (
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    quantity_field,
    rate_field,
)
from billing_portal.kernel.models.dated import is_period, once_at_a_time
from billing_portal.kernel.models.history import History
from cases.types.payment_variance.vocabulary import CodeKind
from integrations.canonical.models import Facility, Payer

ANY_FACILITY = Coalesce("facility", Value(0), output_field=models.BigIntegerField())


class ContractRate(TimestampedModel):
    """What a payer's contract allows for a code: so much a unit, or a share of the charge.

    `rate` is in `currency`; `share` is a fraction of the charge (0.65 is 65 %). The period is that
    of the day of service; its end is exclusive, an open one NULL.
    """

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="contract_rates")
    facility = models.ForeignKey(
        Facility,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: every site without a rate of its own.",
    )
    code_kind = models.TextField(choices=CodeKind.choices)
    code = models.TextField()
    rate = quantity_field(null=True, blank=True, help_text="For one unit.")
    share = rate_field(null=True, blank=True, help_text="Of the charge: 0.65 is 65 %.")
    currency = currency_field()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    citation = models.TextField(help_text="The contract, its exhibit and page.")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("code_kind", CodeKind), name="contractrate_code_kind"
            ),
            models.CheckConstraint(condition=is_currency("currency"), name="contractrate_currency"),
            models.CheckConstraint(
                condition=Q(rate__isnull=False, rate__gt=0, share__isnull=True)
                | Q(rate__isnull=True, share__isnull=False, share__gt=0, share__lte=1),
                name="contractrate_rate_or_share",
            ),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(citation=""), name="contractrate_whole"
            ),
            is_period("contractrate_period"),
            once_at_a_time(
                "contractrate_once_at_a_time", "payer", ANY_FACILITY, "code_kind", "code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of payer {self.payer_id}"
