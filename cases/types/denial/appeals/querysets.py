"""Questions asked of appeals."""

from typing import TYPE_CHECKING, Self

from django.db import models

from billing_portal.accounts.models import User
from cases.types.denial.appeals.lifecycle import IN_FLIGHT, OPEN
from cases.work.models import Case

if TYPE_CHECKING:
    from cases.types.denial.appeals.models import Appeal  # noqa: F401 -- named in the type below


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Reads as sentences: `Appeal.objects.visible_to(user).in_flight()`."""

    def visible_to(self, user: User) -> Self:
        """Of the cases that this person may see."""
        return self.filter(case__in=Case.objects.visible_to(user))

    def open(self) -> Self:
        """Not decided."""
        return self.filter(status__in=sorted(OPEN))

    def in_flight(self) -> Self:
        """With the payer."""
        return self.filter(status__in=sorted(IN_FLIGHT))

    def for_page(self) -> Self:
        """With all that one appeal's page shows beside its lists."""
        return self.select_related(
            "case__queue",
            "case__facility",
            "case__payer",
            "case__claim__patient",
            "case__owner",
            "letter__template",
            "attestation__attested_by",
            "attestation__attachment",
            "packet__attachment",
            "previous",
            "outcome_evidence",
        )
