"""Sending an appeal and what follows: the payer's steps, follow-ups, the outcome."""

from datetime import date, datetime

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from cases.actions import moving
from cases.types.denial.appeals import services
from cases.types.denial.appeals.lifecycle import (
    OVERTURNED,
    AppealMoveRefused,
    AppealVerb,
    Outcome,
)
from cases.types.denial.appeals.models import Appeal, Method
from cases.types.denial.appeals.terms import Decided, Sent
from cases.work import services as work
from cases.work.lifecycle import WORKABLE, CaseStatus, Disposition, Verb
from cases.work.models import Case, NoteKind, Queue
from cases.work.references import Reference
from cases.work.visibility import may_see, may_work

IN_FLIGHT = "appeals-in-flight"
DISPOSITIONS = {
    Outcome.OVERTURNED_FULL: Disposition.APPEAL_OVERTURNED_FULL,
    Outcome.OVERTURNED_PARTIAL: Disposition.APPEAL_OVERTURNED_PARTIAL,
}


@transaction.atomic
def submit(
    *,
    appeal: Appeal,
    by: User,
    at: datetime,
    method: Method,
    sent_on: date,
    seen_version: int,
    confirmation: str = "",
) -> Appeal:
    """Record that the attested packet went out; the case waits in flight, and is asked about.

    The case goes to the queue of appeals in flight; its owner stays if they work that queue.
    Raises SubmissionRefused, AppealMoveRefused, MoveRefused.
    """
    case = lock_case(appeal)
    changed = services.submit(
        appeal=appeal,
        sent=Sent(method, sent_on, confirmation),
        by=by,
        today=house_day(at),
        seen_version=seen_version,
    )
    services.plan_for_appeal(appeal=changed, by=by, sent_on=sent_on)
    reason = f"Appeal of level {appeal.level} sent by {Method(method).label.lower()}"
    _into_flight(case, by=by, at=at, reason=reason)
    return changed


def acknowledge(
    *, appeal: Appeal, by: User, reason: str, seen_version: int, payer_reference: str = ""
) -> Appeal:
    """Note that the payer has it, under which number of its own."""
    said = {"payer_reference": payer_reference.strip()} if payer_reference.strip() else {}
    return services.noted(
        appeal=appeal,
        verb=AppealVerb.ACKNOWLEDGE,
        by=by,
        reason=reason,
        seen_version=seen_version,
        **said,
    )


def consider(*, appeal: Appeal, by: User, reason: str, seen_version: int) -> Appeal:
    """Note that the payer is deciding it."""
    return services.noted(
        appeal=appeal, verb=AppealVerb.CONSIDER, by=by, reason=reason, seen_version=seen_version
    )


@transaction.atomic
def asked_for_more(
    *, appeal: Appeal, by: User, at: datetime, reason: str, seen_version: int
) -> Appeal:
    """Note that the payer wants more; the case is work again, in the hands of who noted it."""
    case = lock_case(appeal)
    changed = services.noted(
        appeal=appeal, verb=AppealVerb.ASK, by=by, reason=reason, seen_version=seen_version
    )
    _back_to_work(case, by=by, at=at, reason=f"The payer wants more: {reason}")
    return changed


@transaction.atomic
def followed_up(
    *, appeal: Appeal, by: User, at: datetime, text: str, payer_reference: str = ""
) -> Appeal:
    """Note what the payer said when asked; the follow-ups due so far are done, the case waits on.

    Changes no column of the appeal, so it asks for no version. Raises TextMissing, MayNotWork, and
    AppealMoveRefused when the payer does not have it.
    """
    case = lock_case(appeal)
    if not Appeal.objects.in_flight().filter(pk=appeal.pk).exists():
        message = "The payer is not deciding this appeal: it was not sent, or it has ended."
        raise AppealMoveRefused(message)
    reference = Reference(payer_reference=payer_reference.strip())
    work.note(case=case, by=by, text=text, kind=NoteKind.CALL, reference=reference)
    services.finish(by=by, at=at, reason="The payer was asked", appeal=appeal, until=house_day(at))
    _into_flight(case, by=by, at=at, reason="The payer was asked; the appeal goes on")
    return appeal


@transaction.atomic
def decide(
    *,
    appeal: Appeal,
    by: User,
    at: datetime,
    decided: Decided,
    reason: str,
    seen_version: int,
) -> Appeal:
    """Record the payer's decision with its evidence: a letter on the case, or a remittance.

    Overturned and paid: the case is resolved so. Overturned and not paid yet: it waits for the
    payer. Else it is work again, for the next level or another way. Raises OutcomeRefused.
    """
    case = lock_case(appeal)
    changed = services.decide(
        appeal=appeal,
        decided=decided,
        by=by,
        reason=reason,
        today=house_day(at),
        seen_version=seen_version,
    )
    services.finish(by=by, at=at, reason="The appeal is decided", appeal=changed)
    _after(case, decided, by=by, at=at, reason=reason)
    return changed


@transaction.atomic
def withdraw(*, appeal: Appeal, by: User, at: datetime, reason: str, seen_version: int) -> Appeal:
    """Give the appeal up; the case is work again."""
    case = lock_case(appeal)
    changed = services.withdraw(
        appeal=appeal, by=by, reason=reason, today=house_day(at), seen_version=seen_version
    )
    services.finish(by=by, at=at, reason="The appeal was withdrawn", appeal=changed)
    _back_to_work(case, by=by, at=at, reason=f"Appeal withdrawn: {reason}")
    return changed


def lock_case(appeal: Appeal) -> Case:
    """The case, locked before its appeal: everybody locks in this order."""
    return Case.objects.select_for_update(of=("self",)).get(pk=appeal.case_id)


def _into_flight(case: Case, *, by: User, at: datetime, reason: str) -> None:
    if case.status not in WORKABLE:
        return
    queue = Queue.objects.get(key=IN_FLIGHT)
    moving.move(
        case=case,
        verb=Verb.APPEAL,
        by=by,
        reason=reason,
        at=at,
        seen_version=case.version,
        queue_id=queue.pk,
        **_owner(case, queue),
    )


def _owner(case: Case, queue: Queue) -> dict[str, None]:
    """Whoever cannot follow the case into the queue leaves it to those who can."""
    owner = case.owner
    follows = owner is None or (
        may_work(owner, queue_id=queue.pk)
        and may_see(owner, Case(queue_id=queue.pk, facility_id=case.facility_id))
    )
    return {} if follows else {"owner_id": None}


def _back_to_work(case: Case, *, by: User, at: datetime, reason: str) -> Case:
    if case.status != CaseStatus.APPEAL:
        return case
    return moving.move(
        case=case, verb=Verb.RESUME, by=by, reason=reason, at=at, seen_version=case.version
    )


def _after(case: Case, decided: Decided, *, by: User, at: datetime, reason: str) -> None:
    outcome = Outcome(decided.outcome)
    if outcome in OVERTURNED and decided.is_paid:
        moving.move(
            case=case,
            verb=Verb.RESOLVE,
            by=by,
            reason=reason,
            at=at,
            seen_version=case.version,
            disposition=DISPOSITIONS[outcome],
        )
        return
    held = _back_to_work(case, by=by, at=at, reason=f"Appeal decided: {outcome.label}")
    if outcome in OVERTURNED and held.status in WORKABLE:
        moving.move(
            case=held,
            verb=Verb.WAIT_PAYER,
            by=by,
            reason="The appeal is won; its payment is still to come",
            at=at,
            seen_version=held.version,
        )
