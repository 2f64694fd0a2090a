"""Calendars: when a site or a payer is open."""

from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from integrations.canonical.models import Facility, Payer


class Calendar(TimestampedModel):
    """Business hours of a site or of a payer, or of the house when neither is named.

    `hours` maps ISO weekday ("1".."7") to intervals [["08:00", "17:00"]] in `time_zone` (IANA).
    `version` rises with every change of its hours or closed days.
    """

    key = models.SlugField(unique=True)
    name = models.TextField()
    facility = models.OneToOneField(
        Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="calendar"
    )
    payer = models.OneToOneField(
        Payer, on_delete=models.PROTECT, null=True, blank=True, related_name="calendar"
    )
    time_zone = models.TextField()
    hours = models.JSONField()
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        permissions = [("edit_calendars", "Can edit business calendars")]
        constraints = [
            models.CheckConstraint(
                condition=Q(facility__isnull=True) | Q(payer__isnull=True),
                name="calendar_of_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClosedFor(models.TextChoices):
    """Why a calendar is closed on a day."""

    HOLIDAY = "holiday", "Public holiday"
    CLOSURE = "closure", "Closure"


class Holiday(TimestampedModel):
    """A day on which a calendar is closed."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    on = models.DateField()
    name = models.TextField()
    kind = models.TextField(choices=ClosedFor.choices, default=ClosedFor.HOLIDAY)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "on"], name="holiday_once"),
            models.CheckConstraint(condition=is_choice("kind", ClosedFor), name="holiday_kind"),
        ]

    def __str__(self) -> str:
        return self.name
