"""How cases stand to each other."""

from django.db import models
from django.db.models import F, Q

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.collaboration.vocabulary import LinkKind
from cases.work.models import Case


class CaseLink(TimestampedModel):
    """One case stands to another in some way; both show it. `related` names the older first."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links", db_index=False)
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links_here")
    kind = models.TextField(choices=LinkKind.choices)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("kind", LinkKind), name="caselink_kind"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="caselink_of_two"),
            models.CheckConstraint(
                condition=~Q(kind=LinkKind.RELATED) | Q(case__lt=F("other")),
                name="caselink_related_one_way",
            ),
            models.UniqueConstraint(fields=["case", "other", "kind"], name="caselink_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"
