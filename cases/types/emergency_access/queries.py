"""How an emergency stands, and what was done under it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from billing_portal.access.models import EmergencyGrant
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.models.bases import ClockTimestamp
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import LIVE, Matter
from cases.types.emergency_access.vocabulary import KEY
from cases.work.models import Case
from cases.work.sets import any_id
from cases.work.types import Engaged


@dataclass(frozen=True, slots=True)
class Emergency:
    """One emergency: its request, and from when to when it is open; None: it never was."""

    request: ApprovalRequest
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    is_open: bool = False

    def is_over(self, *, at: datetime) -> bool:
        """Whether it was open and is shut again."""
        return self.ends_at is not None and self.ends_at <= at


def emergency_of(case: Case) -> Emergency | None:
    """The emergency of a case. Two queries."""
    found = _with_times(_emergencies().filter(case=case).order_by("-pk")[:1])
    return found[0] if found else None


def emergencies_of(user: User, *, most: int = 20) -> list[Emergency]:
    """What somebody asked for, the newest first. Two queries."""
    return _with_times(_emergencies().filter(requested_by=user).order_by("-pk")[:most])


def _emergencies() -> QuerySet[ApprovalRequest]:
    asked = ApprovalRequest.objects.filter(matter=Matter.BREAK_GLASS)
    return asked.select_related("case", "requested_by")


def _with_times(requests: QuerySet[ApprovalRequest]) -> list[Emergency]:
    held = list(requests)
    grants = EmergencyGrant.objects.filter(reference__in=[each.reference for each in held])
    is_open = ExpressionWrapper(Q(ends_at__gt=ClockTimestamp()), BooleanField())
    rows = grants.values_list("reference", "begins_at", "ends_at", is_open)
    times = {reference: rest for reference, *rest in rows}
    return [Emergency(each, *times.get(each.reference, ())) for each in held]


def unreviewed(case_ids: Collection[int]) -> Mapping[int, Engaged]:
    """Which of these cases opened something that nobody has reviewed. One query."""
    was_open = Exists(EmergencyGrant.objects.filter(reference=OuterRef("reference")))
    rows = _emergencies().filter(
        was_open, case=any_id(case_ids), case__emergency_review__isnull=True
    )
    return dict.fromkeys(rows.values_list("case_id", flat=True), Engaged.REVIEW)


def done_under(emergency: Emergency) -> QuerySet[AuditEvent]:
    """All that the person did while it was open, oldest first: on whatever, reading included."""
    return AuditEvent.objects.filter(
        actor=emergency.request.requested_by,
        at__gte=emergency.begins_at,
        at__lt=emergency.ends_at,
    ).order_by("pk")


def asks_already(user: User) -> bool:
    """Whether an emergency of somebody waits for a decision."""
    waiting = ApprovalRequest.objects.filter(
        requested_by=user, case__case_type=KEY, state__in=sorted(LIVE)
    )
    return waiting.exists()
