"""Journal templates: which accounts a kind of event is booked between."""

from django.db import models
from django.db.models import F, Q

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.dated import is_period, once_at_a_time
from billing_portal.kernel.models.history import History
from cases.effects.vocabulary import AccountRole


class JournalTemplate(TimestampedModel):
    """How one kind of event is booked, from a day on, and who says so.

    The period is that of the posting date; its end is exclusive, an open one NULL.
    """

    key = models.SlugField(help_text="Case types ask for it by this.")
    label = models.TextField()
    citation = models.TextField(help_text="The standard, guide or house rule that says so.")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(citation=""), name="journaltemplate_citation"),
            is_period("journaltemplate_period"),
            once_at_a_time("journaltemplate_once_at_a_time", "key"),
        ]

    def __str__(self) -> str:
        return self.label


class TemplateLine(TimestampedModel):
    """One named amount of a template, debited to one role and credited to another.

    So whatever the amounts, what is debited is credited: a template balances because each of its
    lines does. A signed one may be negative, and is then booked the other way round.
    """

    template = models.ForeignKey(JournalTemplate, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    amount = models.SlugField(default="amount", help_text="The name of the amount.")
    debit = models.TextField(choices=AccountRole.choices)
    credit = models.TextField(choices=AccountRole.choices)
    is_signed = models.BooleanField(default=False, help_text="May be negative.")
    ties = models.BooleanField(
        default=True,
        help_text="Part of the amount decided; a reserve released beside it is not.",
    )
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("debit", AccountRole), name="templateline_debit"
            ),
            models.CheckConstraint(
                condition=is_choice("credit", AccountRole), name="templateline_credit"
            ),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="templateline_two_accounts"
            ),
            models.UniqueConstraint(fields=["template", "position"], name="templateline_position"),
            models.UniqueConstraint(fields=["template", "amount"], name="templateline_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of template {self.template_id}"
