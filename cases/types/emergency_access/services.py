"""The only writer of after-reviews."""

from datetime import datetime

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from cases.approvals.eligibility import human_of
from cases.types.emergency_access.models import EmergencyReview
from cases.types.emergency_access.queries import Emergency, done_under
from cases.types.emergency_access.vocabulary import Verdict
from cases.work import services as work
from cases.work.models import Case


class EmergencyRefused(DomainError):
    """The emergency does not allow what was asked."""

    code = "emergency_refused"


@transaction.atomic
def review(
    *,
    case: Case,
    emergency: Emergency,
    verdict: Verdict,
    by: User,
    reason: str,
    at: datetime,
) -> EmergencyReview:
    """Keep what a third person says of a locked case's emergency, once it is over.

    Raises ReasonMissing, EmergencyRefused.
    """
    if not reason.strip():
        raise work.ReasonMissing("Say why: it is kept with what you decide.")
    if not emergency.is_over(at=at):
        raise EmergencyRefused("It is reviewed when it is over.")
    others = {each.human for each in emergency.request.acts.all()}
    if human_of(by) in others:
        raise EmergencyRefused("Who asked for it or decided on it does not review it.")
    made = EmergencyReview.objects.create(
        case=case, verdict=verdict, reason=reason.strip(), reviewed_by=by, reviewed_at=at
    )
    audit.record(
        chain=f"case:{case.pk}",
        verb="emergency.reviewed",
        subject=f"case:{case.public_id}",
        by=by,
        reason=made.reason,
        verdict=verdict,
        acts=done_under(emergency).count(),
    )
    return made
