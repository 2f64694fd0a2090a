"""What detection has made of each run, and what it failed on."""

from django.db import models
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import AppendOnlyModel, is_choice
from cases.work.models import Case
from integrations.feed.models import Record


class Outcome(models.TextChoices):
    """What a finding did."""

    OPENED = "opened", "Opened"
    UPDATED = "updated", "Updated"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Reopened"


class Detected(AppendOnlyModel):
    """One finding's effect on one case, with the correlation id of the message that led to it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="detections")
    outcome = models.TextField(choices=Outcome.choices)
    correlation_id = models.TextField()
    detected_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("outcome", Outcome), name="detected_outcome")
        ]
        indexes = [models.Index(fields=["correlation_id"], name="detected_by_correlation")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id}"


class StuckChange(models.Model):
    """A change that detection failed on: it waits, so that the others do not.

    `error` is the kind of failure, never its text, which may hold patient data. Once the cause is
    mended, a replay tells the feed again and sets `told_again_at`.
    """

    record = models.TextField(choices=Record.choices)
    record_id = models.BigIntegerField()
    claim_id = models.BigIntegerField(null=True)
    correlation_id = models.TextField(default="")
    error = models.TextField()
    stuck_at = models.DateTimeField(db_default=Now())
    told_again_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("record", Record), name="stuckchange_record"
            ),
            models.UniqueConstraint(
                fields=["record", "record_id"],
                condition=models.Q(told_again_at=None),
                name="stuckchange_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.record_id}: {self.error}"
