"""What detection has made of each run, so that a caller can tell what its messages led to."""

from django.db import models
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import AppendOnlyModel, is_choice
from cases.work.models import Case


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
