"""Who is looking at a case, and what they have typed and not yet sent."""

from django.db import models

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import ClockTimestamp
from cases.work.models import Case


class Presence(models.Model):
    """Somebody had a case open a moment ago; `is_writing`: with words not yet sent."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    is_writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="presence_once")]
        indexes = [models.Index(fields=["seen_at"], name="presence_by_time")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.case_id}"


class Draft(models.Model):
    """What one person typed into one form of one case; gone when it is sent."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    form = models.TextField()
    fields = models.JSONField()
    saved_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user", "form"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.form}"
