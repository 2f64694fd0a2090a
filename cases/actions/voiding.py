"""Voiding a case that was opened in error: asked for by one, approved by another.

Nothing may have been booked for it. Once void it counts in no rate and nobody works it; the facts
it was opened for never open it again.
"""

from datetime import datetime

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import approving
from cases.approvals.asking import Ask
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Matter
from cases.effects.kinds import EffectKind, nothing_booked
from cases.effects.models import Effect
from cases.work.lifecycle import Disposition, Verb
from cases.work.models import Case
from cases.work.types import CASE_TYPES


class VoidRefused(DomainError):
    """Something was done in the case that cannot be void."""

    code = "void_refused"


@transaction.atomic
def request(
    *, case: Case, by: User, reason: str, at: datetime, seen_version: int
) -> ApprovalRequest:
    """Ask for a case to be void; it waits for that. Also raises what asking for approval raises.

    What is at risk by it is sealed, so that only whose limit reaches it can make it go away.
    """
    if Effect.objects.filter(case=case).exists():
        raise VoidRefused("Something was booked for this case: it is never void.")
    engaged = CASE_TYPES.get(case.case_type).engaged([case.pk])
    if engaged:
        raise VoidRefused(f"{engaged[case.pk].capitalize()}: end that first.")
    ask = Ask(matter=Matter.VOID_CASE, amount=case.amount_at_risk, currency=case.currency)
    return approving.request(
        case=case, ask=ask, by=by, reason=reason, at=at, seen_version=seen_version
    )


EFFECTS = (
    EffectKind(
        key=Matter.VOID_CASE,
        label=Matter.VOID_CASE.label,
        plan=nothing_booked,
        disposition=Disposition.OPENED_IN_ERROR,
        verb=Verb.VOID,
    ),
)
