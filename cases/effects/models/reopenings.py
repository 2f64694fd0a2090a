"""Closed periods that were reopened for one voucher each."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    ClockTimestamp,
    currency_field,
    is_currency,
    money_field,
)
from cases.effects.models.journals import Journal
from cases.work.models import Case


class ReopeningQuerySet(models.QuerySet["Reopening"]):
    """Questions asked of reopenings."""

    def unused(self) -> "ReopeningQuerySet":
        """That no voucher has been dated by: none of its amount and day was made since.

        Two that are alike and both wait are used together.
        """
        dated = Journal.objects.filter(
            effect__case=OuterRef("case"),
            effect__amount=OuterRef("amount"),
            effect__currency=OuterRef("currency"),
            effect__reverses=None,
            template__key=OuterRef("template"),
            posting_on=OuterRef("posting_on"),
            recorded_at__gt=OuterRef("recorded_at"),
        )
        return self.filter(~Exists(dated))


class Reopening(AppendOnlyModel):
    """One voucher of a case that may be dated on a day of a closed period: this template, this sum.

    `reference` is the approved request's. The database refuses one that was not approved so, and
    lets one voucher through by it; the period stays closed to everything else.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopenings")
    template = models.TextField()
    amount = money_field()
    currency = currency_field()
    posting_on = models.DateField()
    reference = models.TextField(unique=True)
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="reopening_amount"),
            models.CheckConstraint(condition=is_currency("currency"), name="reopening_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.posting_on} for {self.template}"
