"""The only writers of research, ways, signed acts and refund checks. Each locks its case first."""

from datetime import date, datetime

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.types.refund import federal, queries, unclaimed
from cases.types.refund.detect import KEY
from cases.types.refund.loading import load_one
from cases.types.refund.models import FederalAct, RefundCheck, Research, Return
from cases.types.refund.owning import Found, check_found
from cases.types.refund.vocabulary import CheckStatus, FederalActKind, Way
from cases.work import services as work
from cases.work.lifecycle import OPEN, CaseStatus
from cases.work.models import Case
from cases.work.visibility import require_work


class CreditRefused(DomainError):
    """This is no credit that can be worked so."""

    code = "credit_refused"


@transaction.atomic
def find(
    *, case: Case, found: Found, by: User, reason: str, at: datetime, seen_version: int
) -> Research:
    """Record what research found on a credit that is open, as the caller saw it.

    Raises CaseNotFound, MayNotWork, StaleVersion, CreditRefused, OwnerRefused, ReasonMissing.
    """
    case = locked(case, by=by, reason=reason, seen_version=seen_version)
    assert case.account is not None
    check_found(found, ledger=load_one(case.account).ledger, details=case.details)
    made = Research.objects.create(
        case=case,
        decision=case.details["decision"],
        outcome=found.outcome,
        payer_id=found.payer_id,
        amount=found.amount,
        reason=reason.strip(),
        found_by=by,
        found_at=at,
    )
    record(case, "researched", by=by, reason=made.reason, outcome=made.outcome, amount=made.amount)
    return made


@transaction.atomic
def choose(
    *,
    case: Case,
    research: Research,
    way: Way,
    by: User,
    reason: str,
    at: datetime,
    request_reference: str = "",
) -> Return:
    """Record by which way money goes back; the caller has locked and checked its case."""
    made = Return.objects.create(
        case=case,
        research=research,
        way=way,
        amount=research.amount,
        request_reference=request_reference,
        reason=reason.strip(),
        chosen_by=by,
        chosen_at=at,
    )
    record(case, "way_chosen", by=by, reason=made.reason, way=way, amount=made.amount)
    return made


@transaction.atomic
def sign(
    *,
    case: Case,
    kind: FederalActKind,
    on: date,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> FederalAct:
    """Sign one federal act, with its reason, for a day that has been.

    Raises CaseNotFound, MayNotWork, StaleVersion, CreditRefused, ActRefused, ReasonMissing.
    """
    case = locked(case, by=by, reason=reason, seen_version=seen_version)
    if not case.details["is_federal"]:
        raise CreditRefused("No federal payer has a share in this credit.")
    federal.check(kind, on, acts=queries.acts_of(case), today=house_day(at))
    made = FederalAct.objects.create(
        case=case, kind=kind, on=on, reason=reason.strip(), signed_by=by, signed_at=at
    )
    record(case, f"federal_{kind}", by=by, reason=made.reason, on=on)
    return made


def locked(case: Case, *, by: User, reason: str, seen_version: int) -> Case:
    """A credit that is open, locked, as the caller saw it, by somebody who may work it."""
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("account__guarantor", "account__facility", "payer", "facility", "queue")
        .get(pk=case.pk)
    )
    require_work(by, case)
    if not reason.strip():
        raise work.ReasonMissing("Say why: it is kept with what you decide.")
    work.require_version(case, work.Wanted(case.pk, reason, seen_version=seen_version), by=by)
    if case.case_type != KEY or case.account_id is None:
        raise CreditRefused("This case is not about a credit balance.")
    if CaseStatus(case.status) not in OPEN:
        raise CreditRefused("The case is not open any more.")
    return case


def record(case: Case, verb: str, *, by: User, reason: str, **facts: object) -> None:
    """Append to the case's chain."""
    audit.record(
        chain=f"case:{case.pk}",
        verb=f"refund.{verb}",
        subject=f"case:{case.public_id}",
        by=by,
        reason=reason,
        **facts,
    )


@transaction.atomic
def issue(
    *, case: Case, number: str, issued_on: date, by: User, reason: str, seen_version: int
) -> RefundCheck:
    """Keep the check that was sent for a refund that was approved: one for each.

    Raises CaseNotFound, MayNotWork, StaleVersion, CreditRefused.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("account").get(pk=case.pk)
    require_work(by, case)
    work.require_version(case, work.Wanted(case.pk, reason, seen_version=seen_version), by=by)
    chosen = queries.carried_out(case).filter(check_sent=None).first()
    if chosen is None:
        raise CreditRefused("No approved refund of this case is without its check.")
    is_patients = chosen.way == Way.PATIENT_REFUND and case.account is not None
    made = RefundCheck(
        case=case,
        refund=chosen,
        number=number.strip(),
        amount=chosen.amount,
        currency=case.currency,
        owner_state=case.account.guarantor_state if is_patients and case.account else "",
        issued_on=issued_on,
    )
    save_because(made, by=by, reason=reason)
    record(case, "check_issued", by=by, reason=reason, number=made.number, amount=made.amount)
    return made


@transaction.atomic
def move_check(
    *, check: RefundCheck, to: CheckStatus, on: date, by: User, reason: str
) -> RefundCheck:
    """Lead a check to its next state; `on` is the day it happened. Raises CheckRefused."""
    check = (
        RefundCheck.objects.select_for_update(of=("self",))
        .select_related("case__facility", "refund")
        .get(pk=check.pk)
    )
    unclaimed.require(CheckStatus(check.status), to)
    check.status, check.version = to, check.version + 1
    if to is CheckStatus.CONTACTED:
        check.contacted_on = on
    save_because(check, by=by, reason=reason)
    record(check.case, f"check_{to}", by=by, reason=reason, number=check.number)
    return check
