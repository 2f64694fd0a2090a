"""The weights of the score, and how likely a denial is to be overturned."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import AppendOnlyModel, rate_field
from integrations.canonical.models import Payer


class Weighting(AppendOnlyModel):
    """One version of the weights; the one with the highest number is in force.

    The weights are points; `midpoint_days` is where urgency is one half, `slope_days` how gently it
    falls. Within `guard_days` business days of its internal date a case goes before all others,
    if what it may bring is worth the work: `minutes` (by category) at `cost_per_minute` US dollars.
    `likelihoods` (by category) hold as long as too little was decided to say.
    """

    number = models.PositiveIntegerField(unique=True)
    urgency = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(45))
    money = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(35))
    age = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(10))
    escalation = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(10))
    midpoint_days = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(10))
    slope_days = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(4))
    guard_days = models.PositiveSmallIntegerField(default=3)
    cost_per_minute = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(1))
    default_minutes = models.PositiveSmallIntegerField(default=30)
    minutes = models.JSONField(default=dict)
    default_likelihood = rate_field(default=Decimal("0.5"))
    likelihoods = models.JSONField(default=dict)
    reason = models.TextField()
    weighed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    weighed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(urgency__gte=0, money__gte=0, age__gte=0, escalation__gte=0),
                name="weighting_weights",
            ),
            models.CheckConstraint(condition=Q(slope_days__gt=0), name="weighting_slope_days"),
            models.CheckConstraint(condition=Q(guard_days__lte=10), name="weighting_guard_days"),
            models.CheckConstraint(
                condition=Q(cost_per_minute__gte=0), name="weighting_cost_per_minute"
            ),
            models.CheckConstraint(
                condition=Q(default_likelihood__gte=0, default_likelihood__lte=1),
                name="weighting_default_likelihood",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="weighting_reason"),
        ]

    def __str__(self) -> str:
        return f"weights, version {self.number}"


class OverturnRate(models.Model):
    """How likely a denial is to be overturned, counted every night from decided cases.

    By payer and reason; by reason alone (no payer); by category alone (no payer, no reason). A rate
    leans on the next wider one as far as little was decided.
    """

    payer = models.ForeignKey(
        Payer, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    carc = models.TextField(default="")
    category = models.TextField(default="")
    decided = models.PositiveIntegerField()
    overturned = models.PositiveIntegerField()
    rate = rate_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "carc", "category"], nulls_distinct=False, name="overturnrate_once"
            ),
            models.CheckConstraint(
                condition=Q(overturned__lte=models.F("decided")), name="overturnrate_overturned"
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="overturnrate_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.payer_id or 'any payer'} {self.carc or self.category}: {self.rate}"
