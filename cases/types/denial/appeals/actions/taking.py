"""Taking a denial's other ways."""

from datetime import datetime

from django.db import transaction

from billing_portal.accounts.models import User
from cases.actions import approving, moving
from cases.types.denial.appeals import services, writeoffs
from cases.types.denial.appeals.models import Recourse, RecourseStatus, Way
from cases.types.denial.appeals.terms import Particulars
from cases.work.lifecycle import WORKABLE, Disposition, Verb
from cases.work.models import Case

ENDS = {
    Way.SECONDARY: Disposition.BILLED_SECONDARY,
    Way.PATIENT: Disposition.PATIENT_RESPONSIBILITY,
}


@transaction.atomic
def take(
    *, case: Case, by: User, at: datetime, way: Way, particulars: Particulars, seen_version: int
) -> Recourse:
    """Take a way with a denial, and let its case follow.

    A corrected claim: the case waits for the payer and is asked about on the expected day. Billed
    to the second payer or to the patient: it is resolved so. A write-off request: the case waits
    for those who approve it. Locks the case. Raises StaleVersion, RecourseRefused, MoveRefused, and
    for a write-off what asking for approval raises.
    """
    made = services.take(
        case=case, way=way, particulars=particulars, by=by, seen_version=seen_version
    )
    reason = f"{Way(way).label}: {particulars.reason}"
    if way in ENDS:
        moving.move(
            case=case,
            verb=Verb.RESOLVE,
            by=by,
            reason=reason,
            at=at,
            seen_version=seen_version,
            disposition=ENDS[way],
        )
    elif way == Way.WRITE_OFF:
        approval = approving.request(
            case=made.case,
            ask=writeoffs.ask_for(made),
            by=by,
            reason=particulars.reason,
            at=at,
            seen_version=seen_version,
        )
        made = services.hand_over(recourse=made, approval=approval, by=by)
    elif way == Way.CORRECTED_CLAIM and made.sent_on and made.expected_on:
        services.plan_for_recourse(
            recourse=made, by=by, sent_on=made.sent_on, due_on=made.expected_on
        )
        if made.case.status in WORKABLE:
            moving.move(
                case=case,
                verb=Verb.WAIT_PAYER,
                by=by,
                reason=reason,
                at=at,
                seen_version=seen_version,
            )
    return made


@transaction.atomic
def conclude(
    *, recourse: Recourse, by: User, at: datetime, is_done: bool, reason: str, seen_version: int
) -> Recourse:
    """Say what came of a way, or give it up; a pending request can only be given up.

    Raises StaleVersion, RecourseRefused.
    """
    status = RecourseStatus.DONE if is_done else RecourseStatus.WITHDRAWN
    done = services.conclude(
        recourse=recourse, status=status, by=by, reason=reason, seen_version=seen_version
    )
    services.finish(by=by, at=at, reason=reason, recourse=done)
    return done
