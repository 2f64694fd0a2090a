"""Which system keeps the books of which site, and how our effects compare with what it holds."""

from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
)
from billing_portal.kernel.models.history import History
from cases.effects.comparing import DifferenceKind
from cases.effects.models.journals import Effect
from integrations.canonical.models import Facility
from integrations.outbox.models import Destination


class Ledger(TimestampedModel):
    """Which system is told what is decided about a site: a site's own goes before everybody's."""

    entity = models.ForeignKey(
        Facility,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: every site without a ledger of its own.",
    )
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="ledgers")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity"], nulls_distinct=False, name="ledger_one_of_entity"
            )
        ]

    def __str__(self) -> str:
        return f"ledger {self.pk}"


class Reconciliation(AppendOnlyModel):
    """One comparison of our effects with what a ledger holds since a moment.

    `failure` says why it could not be made; then nothing was compared.
    """

    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    effects = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()
    failure = models.TextField(default="")
    ran_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["destination", "-id"], name="reconciliation_newest")]

    def __str__(self) -> str:
        return f"reconciliation {self.pk}"


class LedgerDifference(AppendOnlyModel):
    """One thing that a reconciliation found not to agree; amounts in `currency`.

    `key` is the one it stands under; no effect is known for one that we never sent.
    """

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, related_name="differences"
    )
    effect = models.ForeignKey(
        Effect, on_delete=models.PROTECT, null=True, related_name="differences"
    )
    key = models.TextField()
    kind = models.TextField(choices=DifferenceKind.choices)
    ours = money_field()
    theirs = money_field()
    currency = currency_field()
    reference = models.TextField(default="")
    words = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("kind", DifferenceKind), name="ledgerdifference_kind"
            ),
            models.CheckConstraint(
                condition=is_currency("currency"), name="ledgerdifference_currency"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="ledgerdifference_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.key}"
