"""Targets: how long a queue's cases may take."""

from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.sla.vocabulary import Clock, CountsIn, Unit
from cases.work.models import Queue


class Target(TimestampedModel):
    """By when a queue's cases are to be touched or resolved; zero business days is the same day.

    One without a case type holds for every type that has none of its own. A first touch never
    pauses; `pause_cap` is how many business days one reason may pause a clock, all in all.
    """

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="targets")
    case_type = models.TextField(default="", blank=True, help_text="Empty: every type.")
    clock = models.TextField(choices=Clock.choices)
    amount = models.PositiveIntegerField()
    unit = models.TextField(choices=Unit.choices)
    counts_in = models.TextField(choices=CountsIn.choices, default=CountsIn.SITE)
    pauses_for_payer = models.BooleanField(default=True)
    pauses_for_info = models.BooleanField(default=True)
    pauses_when_deferred = models.BooleanField(default=False)
    pause_cap = models.PositiveIntegerField(default=15)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "case_type", "clock"], name="target_once"),
            models.CheckConstraint(condition=is_choice("clock", Clock), name="target_clock"),
            models.CheckConstraint(condition=is_choice("unit", Unit), name="target_unit"),
            models.CheckConstraint(
                condition=is_choice("counts_in", CountsIn), name="target_counts_in"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1) | Q(unit=Unit.BUSINESS_DAYS), name="target_amount"
            ),
            models.CheckConstraint(
                condition=Q(pause_cap__gte=1, pause_cap__lte=100), name="target_pause_cap"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} in {self.amount} {self.get_unit_display().lower()}"
