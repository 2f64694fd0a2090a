"""Questions asked of cases."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from billing_portal.accounts.models import User
from cases.work.lifecycle import CLAIMABLE, OPEN, CaseStatus
from cases.work.visibility import scope_of

if TYPE_CHECKING:
    from cases.work.models import Case  # noqa: F401 -- named in the type below


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads as sentences: `Case.objects.visible_to(user).open().overdue(now=now)`."""

    def visible_to(self, user: User) -> Self:
        """Whose queue and facility the user's groups were both granted.

        Nothing for anybody else, superusers included.
        """
        scope = scope_of(user)
        return self.filter(queue__in=scope.queues, facility__in=scope.facilities)

    def open(self) -> Self:
        """Not resolved, closed, merged or voided."""
        return self.filter(status__in=sorted(OPEN))

    def claimable(self) -> Self:
        """Open, owned by nobody, and waiting for a first or next touch."""
        return self.filter(status__in=sorted(CLAIMABLE), owner=None)

    def owned_by(self, user: User) -> Self:
        """In this person's hands."""
        return self.filter(owner=user)

    def overdue(self, *, now: datetime) -> Self:
        """Past the time by which they were to be resolved, or first touched."""
        return self.filter(
            Q(resolve_due_at__lt=now) | Q(first_touched_at=None, first_touch_due_at__lt=now)
        )

    def back_by(self, at: datetime) -> Self:
        """Whose deferral is over by then, longest over first."""
        return self.filter(status=CaseStatus.DEFERRED, deferred_until__lte=at).order_by(
            "deferred_until", "pk"
        )

    def for_list(self) -> Self:
        """With all that one row of a worklist shows."""
        return self.select_related(
            "queue", "facility", "payer", "claim", "claim__patient", "owner", "lease__holder"
        )
