"""Time limits set by law or contract: the rules, and what they came to for each case."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from billing_portal.kernel.models.bases import AppendOnlyModel, TimestampedModel, is_choice
from billing_portal.kernel.models.dated import is_period, once_at_a_time
from billing_portal.kernel.models.history import History
from cases.sla.deadline_rules import BaseEvent, ClockType, DayKind, RollRule
from cases.work.models import Case
from integrations.canonical.models import Payer, PayerClass

ANY_PAYER = Coalesce("payer", Value(0), output_field=models.BigIntegerField())
LONGEST_BUFFER = 60


class DeadlineRule(TimestampedModel):
    """How long there is to act against a decision of one payer, or of a class of payers.

    A payer's own rule goes before its class's. The period is that of the base date; its end is
    exclusive, an open one NULL. `days` counts in `day_kind`, `internal_buffer` in business days
    (empty: five at level 1, ten above). Every rule says where it comes from.
    """

    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="deadline_rules"
    )
    payer_class = models.TextField(choices=PayerClass.choices, blank=True, default="")
    plan_type = models.TextField(
        blank=True, default="", help_text="Empty: every plan that has no rule of its own."
    )
    clock_type = models.TextField(choices=ClockType.choices)
    level = models.PositiveSmallIntegerField(default=1, help_text="Of appeal; 1 where none is.")
    base_event = models.TextField(choices=BaseEvent.choices)
    presumed_receipt_days = models.PositiveSmallIntegerField(
        default=0, help_text="Calendar days in the mail, before the count begins."
    )
    days = models.PositiveIntegerField()
    day_kind = models.TextField(choices=DayKind.choices, default=DayKind.CALENDAR)
    roll_rule = models.TextField(choices=RollRule.choices, default=RollRule.NONE)
    internal_buffer = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Business days; empty: 5 at level 1, 10 above."
    )
    citation = models.TextField(help_text="The law, page or contract that says so.")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(payer__isnull=False, payer_class="")
                | (Q(payer__isnull=True) & is_choice("payer_class", PayerClass)),
                name="deadlinerule_payer_or_class",
            ),
            models.CheckConstraint(
                condition=is_choice("clock_type", ClockType), name="deadlinerule_clock_type"
            ),
            models.CheckConstraint(
                condition=is_choice("base_event", BaseEvent), name="deadlinerule_base_event"
            ),
            models.CheckConstraint(
                condition=is_choice("day_kind", DayKind), name="deadlinerule_day_kind"
            ),
            models.CheckConstraint(
                condition=is_choice("roll_rule", RollRule), name="deadlinerule_roll_rule"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5), name="deadlinerule_level"
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=3650), name="deadlinerule_days"
            ),
            models.CheckConstraint(
                condition=Q(internal_buffer__isnull=True) | Q(internal_buffer__lte=LONGEST_BUFFER),
                name="deadlinerule_internal_buffer",
            ),
            models.CheckConstraint(condition=~Q(citation=""), name="deadlinerule_citation"),
            is_period("deadlinerule_period"),
            once_at_a_time(
                "deadlinerule_once_at_a_time",
                ANY_PAYER,
                "payer_class",
                "plan_type",
                "clock_type",
                "level",
            ),
        ]

    def __str__(self) -> str:
        whose = self.payer or PayerClass(self.payer_class).label
        return f"{ClockType(self.clock_type).label} · {whose}"


class CaseDeadline(AppendOnlyModel):
    """What a case's time limit came to, and why; the newest holds.

    Without a rule there is no date: then the rule is “not configured”, which this row records too.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deadlines")
    clock_type = models.TextField(choices=ClockType.choices)
    level = models.PositiveSmallIntegerField(default=1)
    base_event = models.TextField(choices=BaseEvent.choices, default="", blank=True)
    base_on = models.DateField(null=True)
    rule = models.ForeignKey(DeadlineRule, on_delete=models.PROTECT, null=True, related_name="+")
    rule_version = models.PositiveIntegerField(null=True)
    presumed_receipt_days = models.PositiveSmallIntegerField(default=0)
    legal_on = models.DateField(null=True)
    internal_on = models.DateField(null=True)
    citation = models.TextField(default="", blank=True)
    assessed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("clock_type", ClockType), name="casedeadline_clock_type"
            ),
            models.CheckConstraint(
                condition=Q(base_event="") | is_choice("base_event", BaseEvent),
                name="casedeadline_base_event",
            ),
            models.CheckConstraint(
                condition=Q(
                    rule__isnull=False,
                    rule_version__isnull=False,
                    base_on__isnull=False,
                    legal_on__isnull=False,
                    internal_on__isnull=False,
                )
                | Q(
                    rule__isnull=True,
                    rule_version__isnull=True,
                    legal_on__isnull=True,
                    internal_on__isnull=True,
                ),
                name="casedeadline_dates_iff_rule",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="casedeadline_of_case")]

    def __str__(self) -> str:
        return f"{self.clock_type} of case {self.case_id}: {self.legal_on or 'not configured'}"
