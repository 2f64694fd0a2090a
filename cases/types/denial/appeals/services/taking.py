"""Taking a denial's other ways: each recorded with what it needs; none moves money by itself."""

from decimal import Decimal

from django.db import IntegrityError, transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.wording import money
from cases.approvals.models import ApprovalRequest
from cases.types.denial.appeals.lifecycle import Outcome
from cases.types.denial.appeals.models import Appeal, Proof, Recourse, RecourseStatus, Way
from cases.types.denial.appeals.rights import DENIAL
from cases.types.denial.appeals.services.changing import record
from cases.types.denial.appeals.terms import Particulars
from cases.work import services as work
from cases.work.lifecycle import OPEN
from cases.work.models import Case
from cases.work.visibility import require_work

FIRST = {
    Way.CORRECTED_CLAIM: RecourseStatus.SENT,
    Way.SECONDARY: RecourseStatus.DONE,
    Way.PATIENT: RecourseStatus.DONE,
    Way.WRITE_OFF: RecourseStatus.PENDING,
}
LIVE = frozenset({RecourseStatus.PENDING, RecourseStatus.SENT})


class RecourseRefused(DomainError):
    """This way cannot be taken so."""

    code = "recourse_refused"


@transaction.atomic
def take(
    *, case: Case, way: Way, particulars: Particulars, by: User, seen_version: int
) -> Recourse:
    """Record a way taken with a denial that is open, as the caller saw it. Locks the case.

    Raises CaseNotFound, MayNotWork, StaleVersion, RecourseRefused.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    require_work(by, case)
    said = particulars
    work.require_version(case, work.Wanted(case.pk, said.reason, seen_version=seen_version), by=by)
    _require_denial(case)
    require_amount(said.amount, case)
    _require_complete(way, said)
    if said.proof == Proof.LEVELS_USED:
        _require_levels_used(case)
    if said.proof == Proof.UNECONOMIC:
        _require_uneconomic(said)
    made = Recourse(
        case=case,
        way=way,
        status=FIRST[way],
        amount=said.amount,
        currency=case.currency,
        reason=said.reason.strip(),
        payer_control_number=said.payer_control_number.strip(),
        payer=said.payer,
        sent_on=said.sent_on,
        expected_on=said.expected_on,
        is_cover_checked=said.is_cover_checked,
        proof=said.proof,
        preventable_stage=said.preventable_stage.strip(),
        expected_recovery=said.expected_recovery,
        cost_to_work=said.cost_to_work,
        recorded_by=by,
    )
    try:
        with transaction.atomic():
            save_because(made, by=by, reason=made.reason)
    except IntegrityError as error:
        message = f"“{Way(way).label}” is under way on this case already."
        raise RecourseRefused(message) from error
    _record(made, by=by, reason=made.reason)
    return made


@transaction.atomic
def hand_over(*, recourse: Recourse, approval: ApprovalRequest, by: User) -> Recourse:
    """Note the approval that a write-off request was handed to; it says what becomes of it."""
    recourse.status, recourse.approval = RecourseStatus.DONE, approval
    recourse.version += 1
    fields = ["status", "approval", "version"]
    save_because(recourse, by=by, reason=f"Handed over in {approval}", fields=fields)
    _record(recourse, by=by, reason=f"Handed over in {approval}")
    return recourse


@transaction.atomic
def conclude(
    *, recourse: Recourse, status: RecourseStatus, by: User, reason: str, seen_version: int
) -> Recourse:
    """End a way: its answer came, or we gave it up. Locks it.

    Raises CaseNotFound, MayNotWork, StaleVersion, RecourseRefused.
    """
    locked = (
        Recourse.objects.select_for_update(of=("self",)).select_related("case").get(pk=recourse.pk)
    )
    require_work(by, locked.case)
    if locked.version != seen_version:
        message = "It was changed after you opened it. Nothing of yours was saved."
        raise work.StaleVersion(message, seen=seen_version, current=locked.version, differences=[])
    if locked.status not in LIVE:
        message = f"It is “{RecourseStatus(locked.status).label}” already."
        raise RecourseRefused(message)
    if locked.way == Way.WRITE_OFF and status == RecourseStatus.DONE:
        message = "A write-off is approved by somebody else; it can only be withdrawn here."
        raise RecourseRefused(message)
    if not reason.strip():
        message = "Say what came of it."
        raise RecourseRefused(message)
    locked.status = status
    locked.version += 1
    save_because(locked, by=by, reason=reason.strip(), fields=["status", "version"])
    _record(locked, by=by, reason=reason.strip())
    return locked


def _require_denial(case: Case) -> None:
    if case.case_type != DENIAL:
        message = "Only a denial has other ways."
        raise RecourseRefused(message)
    if case.status not in OPEN:
        message = f"{case} is finished. Reopen it before you take another way."
        raise RecourseRefused(message)


def require_amount(amount: Decimal, case: Case) -> None:
    """Raises RecourseRefused unless the amount is more than nothing and at most what is denied."""
    if not Decimal(0) < amount <= case.amount_at_risk:
        at_most = money(case.amount_at_risk, case.currency)
        message = f"Name more than nothing and at most what is denied: {at_most}."
        raise RecourseRefused(message)


NEEDS: dict[Way, tuple[tuple[str, str], ...]] = {
    Way.CORRECTED_CLAIM: (
        ("payer_control_number", "Give the payer’s claim number: frequency 7 replaces that claim."),
        ("sent_on", "Say when the corrected claim was sent."),
        ("expected_on", "Say by when you expect an answer."),
    ),
    Way.SECONDARY: (
        ("payer", "Choose the payer that pays second."),
        ("sent_on", "Say when it was sent."),
    ),
    Way.PATIENT: (
        ("is_cover_checked", "Look for other cover first, and confirm that you did."),
        ("sent_on", "Say when the patient was given notice."),
    ),
    Way.WRITE_OFF: (
        ("proof", "Say why nothing better is left."),
        ("preventable_stage", "Say where the loss could have been prevented."),
    ),
}


def _require_complete(way: Way, said: Particulars) -> None:
    if not said.reason.strip():
        message = "Say why, or what was corrected."
        raise RecourseRefused(message)
    for name, message in NEEDS[way]:
        if not getattr(said, name):
            raise RecourseRefused(message)


def _require_levels_used(case: Case) -> None:
    appeals = Appeal.objects.filter(case=case).exclude(outcome=Outcome.WITHDRAWN)
    if not appeals.exists() or appeals.open().exists():
        message = "No level of appeal was used up: nothing was decided, or an appeal is open."
        raise RecourseRefused(message)


def _require_uneconomic(said: Particulars) -> None:
    """Source: the house's write-off rule: expected recovery below the cost to work it."""
    expected, cost = said.expected_recovery, said.cost_to_work
    if expected is None or cost is None or not Decimal(0) <= expected < cost:
        message = "Say what it can be expected to bring and what working it costs, which is more."
        raise RecourseRefused(message)


def _record(recourse: Recourse, *, by: User, reason: str) -> None:
    record(
        recourse.case,
        f"recourse.{recourse.status}",
        by=by,
        reason=reason,
        recourse=recourse.public_id,
        way=recourse.way,
        amount=recourse.amount,
        version=recourse.version,
    )
