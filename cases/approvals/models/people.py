"""How far people's word reaches: limits, and whom they let stand in for them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
)
from billing_portal.kernel.models.history import History
from cases.approvals.vocabulary import Matter


class ApprovalLimit(TimestampedModel):
    """Up to which amount, in `currency`, a role or a person may approve; no row: nothing.

    A person's own rows count instead of their roles'; one for a matter instead of one for any.
    """

    role = models.TextField(default="", blank=True, help_text="A role's key, or a person.")
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="approval_limits"
    )
    matter = models.TextField(choices=Matter.choices, null=True, blank=True)
    max_amount = money_field()
    currency = currency_field()
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(matter__isnull=True) | is_choice("matter", Matter),
                name="approvallimit_matter",
            ),
            models.CheckConstraint(
                condition=Q(role="", person__isnull=False) | (~Q(role="") & Q(person__isnull=True)),
                name="approvallimit_of_a_role_or_a_person",
            ),
            models.CheckConstraint(condition=Q(max_amount__gte=0), name="approvallimit_amount"),
            models.CheckConstraint(
                condition=is_currency("currency"), name="approvallimit_currency"
            ),
            models.UniqueConstraint(
                fields=["role", "person", "matter", "currency"],
                nulls_distinct=False,
                name="approvallimit_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role or self.person}: {self.max_amount} {self.currency}"


class Delegation(TimestampedModel):
    """Somebody lets somebody else decide for them for some days, both days included.

    The days are those of the giver's time zone. No matters: all of them. `max_amount` narrows what
    their limits allow. It hands nothing on: who was given a voice gives only their own.
    """

    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_taken")
    matters = ArrayField(models.TextField(), default=list, blank=True)
    max_amount = money_field(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.TextField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        permissions = [("arrange_delegation", "Can delegate for somebody who is away")]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="delegation_to_another"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="delegation_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(max_amount__isnull=True) | Q(max_amount__gt=0),
                name="delegation_max_amount",
            ),
            models.CheckConstraint(
                condition=Q(matters__contained_by=sorted(Matter.values)), name="delegation_matters"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="delegation_reason"),
        ]
        indexes = [
            models.Index(
                fields=["taker", "ends_on"],
                condition=Q(revoked_at__isnull=True),
                name="delegation_of_taker",
            )
        ]

    def __str__(self) -> str:
        return f"{self.taker} for {self.giver}"
