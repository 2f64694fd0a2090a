"""Emergency access: asked for by one, opened by another, over by itself, reviewed by a third.

All raise ReasonMissing and EmergencyRefused; then nothing is changed.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from billing_portal.access import emergency
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.correlation import current_id
from billing_portal.kernel.pure.money import ZERO
from cases.actions import approving, moving
from cases.actions.opening import open_many
from cases.approvals.asking import Ask
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Matter
from cases.types.emergency_access import queries, services
from cases.types.emergency_access.details import EmergencyDetails
from cases.types.emergency_access.models import EmergencyReview
from cases.types.emergency_access.services import EmergencyRefused
from cases.types.emergency_access.vocabulary import CATEGORY, KEY, LONGEST_HOURS, Verdict
from cases.work import services as work
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition, Verb
from cases.work.models import Case, Queue
from cases.work.visibility import require_work
from integrations.canonical.models import Facility

CURRENCY = "USD"
"""The request is over no money; its policy is the house's."""
ENDS = {
    Verdict.JUSTIFIED: Disposition.EXPLAINED,
    Verdict.MISUSED: Disposition.MISUSED,
}


@transaction.atomic
def ask(
    *, queue: Queue, facility: Facility, hours: int, by: User, reason: str, at: datetime
) -> ApprovalRequest:
    """Ask to see and work a queue of a site for some hours; it is a case that others decide.

    Its asker need not see that case. Also raises what asking for approval raises.
    """
    if not 1 <= hours <= LONGEST_HOURS:
        raise EmergencyRefused(f"An emergency lasts from 1 to {LONGEST_HOURS} hours.")
    if queries.asks_already(by):
        raise EmergencyRefused("You have asked already: wait for the answer.")
    key = str(uuid4())
    details = EmergencyDetails(
        decision=key, person=by.username, queue=queue.key, facility=facility.key, hours=hours
    )
    open_many(findings=[_finding(details, facility)], at=at)
    ask = Ask(
        matter=Matter.BREAK_GLASS,
        amount=ZERO,
        currency=CURRENCY,
        facts={"queue": queue.key, "facility": facility.key, "hours": str(hours)},
    )
    case = Case.objects.get(key=f"{KEY}:{key}")
    return approving.request_unseen(case=case, ask=ask, by=by, reason=reason, at=at)


def _finding(details: EmergencyDetails, facility: Facility) -> Finding:
    return Finding(
        case_type=KEY,
        key=f"{KEY}:{details.decision}",
        title=f"Emergency access · {details.hours} h",
        facility_id=facility.pk,
        amount=ZERO,
        currency=CURRENCY,
        code=CATEGORY,
        category=CATEGORY,
        decision=details.decision,
        reason="Somebody asks for access in an emergency.",
        correlation_id=current_id(),
        details=details,
    )


def end(*, approval: ApprovalRequest, by: User, at: datetime) -> None:
    """Shut early what was opened to oneself."""
    if approval.requested_by_id != by.pk:
        raise EmergencyRefused("Only who asked for it ends it early.")
    emergency.end(reference=approval.reference, by=by, reason="Not needed any more", at=at)


@transaction.atomic
def review(
    *, case: Case, verdict: Verdict, by: User, reason: str, at: datetime, seen_version: int
) -> EmergencyReview:
    """Say whether an emergency that is over was justified; its case is resolved by that.

    By neither who asked nor who decided. Also raises CaseNotFound, MayNotWork, StaleVersion.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    require_work(by, case)
    work.require_version(case, work.Wanted(case.pk, reason, seen_version=seen_version), by=by)
    held = queries.emergency_of(case)
    if held is None or hasattr(case, "emergency_review"):
        raise EmergencyRefused("This case is no emergency, or was reviewed.")
    made = services.review(case=case, emergency=held, verdict=verdict, by=by, reason=reason, at=at)
    moving.move(
        case=case,
        verb=Verb.RESOLVE,
        by=by,
        reason=made.reason,
        at=at,
        seen_version=seen_version,
        disposition=ENDS[verdict],
    )
    return made
