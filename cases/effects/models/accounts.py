"""The chart of accounts, and which account serves which purpose at which site."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.dated import is_period, once_at_a_time
from billing_portal.kernel.models.history import History
from cases.effects.vocabulary import AccountKind, AccountRole
from integrations.canonical.models import Facility

ANY_ENTITY = Coalesce("entity", Value(0), output_field=models.BigIntegerField())


class Account(TimestampedModel):
    """One account of the general ledger, by the code that the ERP knows it by."""

    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField(choices=AccountKind.choices)
    is_active = models.BooleanField(default=True, help_text="Nothing is posted to one that is not.")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("kind", AccountKind), name="account_kind"),
            models.CheckConstraint(condition=~Q(code=""), name="account_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AccountMapping(TimestampedModel):
    """Which account a role means, at one site or at every site that has no mapping of its own.

    The period is that of the posting date; its end is exclusive, an open one NULL.
    """

    role = models.TextField(choices=AccountRole.choices)
    entity = models.ForeignKey(
        Facility,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: every site without a mapping of its own.",
    )
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="mappings")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("role", AccountRole), name="accountmapping_role"
            ),
            is_period("accountmapping_period"),
            once_at_a_time("accountmapping_once_at_a_time", "role", ANY_ENTITY),
        ]

    def __str__(self) -> str:
        return f"{AccountRole(self.role).label} → {self.account_id}"
