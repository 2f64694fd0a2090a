"""Targets per queue, and the calendars they are counted in."""

from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.work.models import Queue
from integrations.canonical.models import Facility


class Calendar(TimestampedModel):
    """Business hours of a site, or of the house when no facility is named.

    `hours` maps ISO weekday ("1".."7") to intervals [["08:00", "17:00"]] in `time_zone` (IANA).
    """

    key = models.SlugField(unique=True)
    name = models.TextField()
    facility = models.OneToOneField(
        Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="calendar"
    )
    time_zone = models.TextField()
    hours = models.JSONField()
    version = models.PositiveIntegerField(default=1)

    history = History()

    def __str__(self) -> str:
        return self.name


class Holiday(TimestampedModel):
    """A day on which a calendar is closed."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    on = models.DateField()
    name = models.TextField()
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="holiday_once")]

    def __str__(self) -> str:
        return self.name


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
