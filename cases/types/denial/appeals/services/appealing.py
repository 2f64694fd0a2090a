"""Opening appeals, and what is said of them while they are prepared."""

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from cases.types.denial.appeals.lifecycle import AppealStatus, AppealVerb, Outcome
from cases.types.denial.appeals.models import Appeal
from cases.types.denial.appeals.rights import (
    AppealRefused,
    NextLevel,
    Past,
    next_level,
    refusal,
    require_amount,
)
from cases.types.denial.appeals.services.changing import change, record
from cases.types.denial.appeals.terms import Due, Grounds
from cases.types.denial.details import DenialDetails
from cases.work.lifecycle import OPEN
from cases.work.models import Case
from cases.work.visibility import require_work


@transaction.atomic
def open_appeal(*, case: Case, by: User, grounds: Grounds, due: Due, reason: str) -> Appeal:
    """Begin the next level of appeal against a denial's present decision.

    Locks the case, so that two people do not open the same level. Raises CaseNotFound, MayNotWork,
    AppealRefused.
    """
    require_work(by, case)
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    level = require_right(locked)
    details = DenialDetails.from_json(locked.details)
    require_amount(grounds.amount, locked.amount_at_risk, locked.currency)
    _require_source(due)
    made = Appeal(
        case=locked,
        level=level.level,
        previous_id=level.previous,
        decision=details.decision,
        ground=grounds.ground,
        argument=grounds.argument.strip(),
        amount_denied=locked.amount_at_risk,
        amount_disputed=grounds.amount,
        currency=locked.currency,
        due_on=due.on,
        internal_due_on=due.internal_on,
        due_source=due.source.strip(),
    )
    save_because(made, by=by, reason=reason)
    record(
        locked,
        "appeal.opened",
        by=by,
        reason=reason,
        appeal=made.public_id,
        level=made.level,
        amount=made.amount_disputed,
    )
    return made


def require_right(case: Case) -> NextLevel:
    """The level that would be opened. Raises AppealRefused, with the reason as a sentence."""
    if case.status not in OPEN:
        message = "The case is finished. Reopen it first."
        raise AppealRefused(message)
    message = refusal(case.case_type, case.details)
    if message:
        raise AppealRefused(message)
    return next_level(past_of(case))


def past_of(case: Case) -> list[Past]:
    """The case's appeals, oldest first."""
    return [
        Past(
            each.pk,
            each.level,
            AppealStatus(each.status),
            Outcome(each.outcome) if each.outcome else None,
            each.previous_id,
        )
        for each in Appeal.objects.filter(case=case).order_by("pk")
    ]


@transaction.atomic
def reground(
    *,
    appeal: Appeal,
    by: User,
    grounds: Grounds,
    due: Due,
    reason: str,
    seen_version: int | None,
) -> Appeal:
    """Change on what an appeal rests, how much it asks for, or by when; what was attested is void.

    Raises also AppealRefused.
    """
    require_amount(grounds.amount, appeal.amount_denied, appeal.currency)
    _require_source(due)
    return change(
        appeal=appeal,
        verb=AppealVerb.EDIT,
        by=by,
        reason=reason,
        seen_version=seen_version,
        ground=grounds.ground,
        argument=grounds.argument.strip(),
        amount_disputed=grounds.amount,
        due_on=due.on,
        internal_due_on=due.internal_on,
        due_source=due.source.strip(),
    )


def _require_source(due: Due) -> None:
    if due.on is not None and not due.source.strip():
        message = "Say where this deadline comes from: the letter, the contract, the manual."
        raise AppealRefused(message)
