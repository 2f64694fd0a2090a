"""What the after-review said of an emergency."""

from django.db import models
from django.db.models import Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import AppendOnlyModel, is_choice
from cases.types.emergency_access.vocabulary import Verdict
from cases.work.models import Case


class EmergencyReview(AppendOnlyModel):
    """A third person's word on what was done in an emergency: once, with its reason.

    The database refuses one by who asked for it or approved it, and one before it is over.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="emergency_review")
    verdict = models.TextField(choices=Verdict.choices)
    reason = models.TextField()
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("verdict", Verdict), name="emergencyreview_verdict"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="emergencyreview_reason"),
        ]

    def __str__(self) -> str:
        return f"review of {self.case_id}"
