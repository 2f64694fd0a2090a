"""The table of what was given from case to case."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.kernel.models.bases import AppendOnlyModel
from cases.work.models import Case
from integrations.canonical.models import Claim


class Allotment(AppendOnlyModel):
    """From now on a part of a claim's facts belongs to the case whose key is `holder`.

    The newest row of a part holds; `item` empty: all that no other row names. A claim without rows
    belongs to its own case. `holder_claim` is the claim that the holder's key is of;
    `giver_version` and `holder_version` are those that the merge or the split made, so that it can
    be found again and taken back.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    item = models.TextField(default="")
    holder = models.TextField()
    holder_claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    holder_version = models.PositiveIntegerField()
    giver = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    giver_version = models.PositiveIntegerField()
    allotted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(holder=""), name="allotment_holder"),
            models.CheckConstraint(
                condition=Q(giver_version__gt=0, holder_version__gt=0), name="allotment_versions"
            ),
        ]
        indexes = [models.Index(fields=["holder", "holder_version"], name="allotment_by_holder")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.item or 'the rest'} to {self.holder}"
