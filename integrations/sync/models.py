"""Schedules are rows: a slot is run once, or recorded as skipped, however many beats ring."""

from django.db import models
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import is_choice


class SlotStatus(models.TextChoices):
    """What became of one scheduled time."""

    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"


class ScheduleSlot(models.Model):
    """One time at which one job was to run."""

    job = models.TextField(help_text="e.g. pull:clearinghouse")
    slot = models.DateTimeField()
    status = models.TextField(choices=SlotStatus.choices, default=SlotStatus.RUNNING)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "slot"], name="scheduleslot_once"),
            models.CheckConstraint(
                condition=is_choice("status", SlotStatus), name="scheduleslot_status"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} at {self.slot:%Y-%m-%d %H:%M:%S}"
