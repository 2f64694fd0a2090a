"""Calendars: when a site is open."""

from django.db import models

from billing_portal.kernel.models.bases import TimestampedModel
from billing_portal.kernel.models.history import History
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
