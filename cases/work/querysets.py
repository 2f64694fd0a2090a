"""Questions asked of cases."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q

from billing_portal.accounts.models import User
from cases.work.lifecycle import CLAIMABLE, OPEN, OWNED, CaseStatus
from cases.work.sets import any_id
from cases.work.visibility import scope_of

if TYPE_CHECKING:
    from cases.work.models import Case  # noqa: F401 -- named in the type below

# Spelt out, not bound: only so can a prepared statement use the indexes of open cases.
OPEN_SQL = ", ".join(f"'{status.value}'" for status in sorted(OPEN))
IS_OPEN = Func(
    F("status"), template=f"%(expressions)s IN ({OPEN_SQL})", output_field=BooleanField()
)


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads as sentences: `Case.objects.visible_to(user).open().overdue(now=now)`."""

    def visible_to(self, user: User) -> Self:
        """Whose queue and facility the user's groups were both granted.

        Nothing for anybody else, superusers included.
        """
        scope = scope_of(user)
        return self.filter(queue=any_id(scope.queues), facility=any_id(scope.facilities))

    def open(self) -> Self:
        """Not resolved, closed, merged or voided."""
        return self.filter(IS_OPEN)

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

    def quiet_since(self, moment: datetime) -> Self:
        """In somebody's hands, opened before, and nothing has happened on them since."""
        history = self.model.history.model._default_manager
        notes: Any = self.model._meta.get_field("notes").related_model
        events = history.filter(id=OuterRef("pk"), history_date__gte=moment)
        said = notes._default_manager.filter(case=OuterRef("pk"), written_at__gte=moment)
        return self.filter(status__in=sorted(OWNED), opened_at__lt=moment).exclude(
            Exists(events) | Exists(said)
        )

    def came_back(self) -> Self:
        """That left the queue they stand in and were sent back to it."""
        history = self.model.history.model._default_manager
        before = history.filter(
            id=OuterRef("id"),
            queue=OuterRef(OuterRef("queue")),
            history_id__lt=OuterRef("history_id"),
        )
        away = history.filter(id=OuterRef("pk")).exclude(queue=OuterRef("queue"))
        return self.filter(Exists(away.filter(Exists(before))))

    def for_list(self) -> Self:
        """With all that one row of a worklist shows."""
        return self.select_related(
            "queue", "facility", "payer", "claim", "claim__patient", "owner", "lease__holder"
        )
