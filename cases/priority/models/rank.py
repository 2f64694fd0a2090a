"""Where an open case stands among those to be worked next."""

from django.db import models
from django.db.models import Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import money_field, rate_field
from cases.work.models import Case, Queue
from integrations.canonical.models import Facility


class Band(models.IntegerChoices):
    """What goes before what. One's own ticklers that came back stand between the two."""

    GUARD = 0, "Deadline guard"
    TICKLER = 1, "Back from deferral"
    SCORE = 2, "By score"


class CaseRank(models.Model):
    """The rank of an open case, kept by a trigger on the case and counted anew every hour.

    Beside the case, so that counting is not a change of it. `basis` is a digest of what the score
    was counted from: another digest, counted anew. `expected` is the amount at risk times the
    `likelihood` that it is overturned.
    """

    case = models.OneToOneField(
        Case, on_delete=models.CASCADE, primary_key=True, related_name="rank"
    )
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="+", db_index=False)
    facility = models.ForeignKey(
        Facility, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    patient_id = models.BigIntegerField(null=True)
    status = models.TextField()
    is_claimable = models.BooleanField()
    is_returned = models.BooleanField(default=False)
    band = models.SmallIntegerField(choices=Band.choices)
    score = models.DecimalField(max_digits=6, decimal_places=1)
    due_at = models.DateTimeField()
    expected = money_field()
    likelihood = rate_field()
    likelihood_from = models.TextField()
    cost = money_field()
    basis = models.BigIntegerField()

    class Meta:
        db_table = "cases_rank"
        constraints = [
            models.CheckConstraint(condition=Q(band__in=sorted(Band.values)), name="caserank_band"),
        ]
        indexes = [
            models.Index(
                fields=["queue", "band", "-score", "case"],
                condition=Q(is_claimable=True),
                name="caserank_next",
            ),
            models.Index(
                fields=["queue", "due_at", "case"],
                condition=Q(is_claimable=True, band=Band.GUARD),
                name="caserank_guard",
            ),
            models.Index(
                fields=["patient_id"], condition=Q(is_claimable=True), name="caserank_kin"
            ),
            models.Index(
                fields=["owner", "queue"],
                condition=Q(owner__isnull=False),
                name="caserank_in_hand",
            ),
            models.Index(fields=["queue", "-score", "case"], name="caserank_by_score"),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id}: band {self.band}, {self.score}"
