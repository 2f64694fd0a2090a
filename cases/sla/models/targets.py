"""Targets: how long a queue's cases may take."""

from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.work.models import Queue


class Clock(models.TextChoices):
    """What a target measures."""

    FIRST_TOUCH = "first_touch", "First touch"
    RESOLVE = "resolve", "Resolve"


class Unit(models.TextChoices):
    """What a target counts."""

    BUSINESS_HOURS = "business_hours", "Business hours"
    BUSINESS_DAYS = "business_days", "Business days"
    CALENDAR_DAYS = "calendar_days", "Calendar days"


class Target(TimestampedModel):
    """By when a queue's cases are to be touched or resolved; zero business days is the same day."""

    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="targets")
    clock = models.TextField(choices=Clock.choices)
    amount = models.PositiveIntegerField()
    unit = models.TextField(choices=Unit.choices)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "clock"], name="target_once"),
            models.CheckConstraint(condition=is_choice("clock", Clock), name="target_clock"),
            models.CheckConstraint(condition=is_choice("unit", Unit), name="target_unit"),
            models.CheckConstraint(
                condition=Q(amount__gte=1) | Q(unit=Unit.BUSINESS_DAYS), name="target_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_clock_display()} in {self.amount} {self.get_unit_display().lower()}"
