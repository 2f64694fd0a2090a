"""The verbs a person has on a case.

Every verb takes the case as the caller saw it (`seen_version`), says who and when, and returns
the case as it is then. All raise CaseNotFound, MayNotWork, StaleVersion, MoveRefused and, where a
reason is asked for, ReasonMissing. Doors fetch the case through `Case.objects.visible_to(user)`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import moving, telling
from cases.collaboration.mentions import named_in
from cases.priority import services as priority
from cases.routing.misrouting import misrouted
from cases.routing.vocabulary import NotOurs
from cases.work import services
from cases.work.lifecycle import Disposition, Verb
from cases.work.models import Case, Note, NoteKind, Queue, StepMark, Take
from cases.work.references import NO_REFERENCE, Reference
from cases.work.types import CASE_TYPES, Engaged
from cases.work.visibility import LEAD_QUEUE, may_see, may_work


class CannotOwn(DomainError):
    """The person named may not work this case."""

    code = "cannot_own"


class QueueRefused(DomainError):
    """The case cannot go to this queue."""

    code = "queue_refused"


class PickRefused(DomainError):
    """People take what comes next in this queue; only its leads choose."""

    code = "pick_refused"


class DispositionRefused(DomainError):
    """This kind of case does not end this way, or not by a person alone."""

    code = "disposition_refused"


class Waiting(TextChoices):
    """Whom a case waits for."""

    PAYER = "payer", "The payer"
    INFO = "info", "Information: patient, clinician, records"


@transaction.atomic
def claim_next(*, by: User, at: datetime, queues: Iterable[Queue] | None = None) -> Case | None:
    """Take the next case of one's queues, or of these, in the house's order. None: none waits."""
    case = priority.claim_next(by=by, at=at, queues=queues)
    if case is not None:
        moving.stop(cases=[case], verb=Verb.CLAIM, by=by, at=at)
    return case


def claim(*, case: Case, by: User, at: datetime, seen_version: int) -> Case:
    """Take this case. Also raises AlreadyTaken, and PickRefused where the next one is given."""
    if not may_pick(by, case):
        message = f"In {case.queue} you take the next case; its leads choose among them."
        raise PickRefused(message)
    return moving.move(
        case=case, verb=Verb.CLAIM, by=by, reason="Taken.", at=at, seen_version=seen_version
    )


def given_in_order(by: User) -> frozenset[int]:
    """The queues where somebody takes what comes next: they give it, and others lead them."""
    queues = Queue.objects.filter(take=Take.NEXT_ONLY).values_list("pk", flat=True)
    return frozenset(queues) - scope_ids(by, LEAD_QUEUE)


def may_pick(by: User, case: Case) -> bool:
    """Whether somebody may choose this very case: it is theirs, or its queue lets them choose."""
    chooses = case.queue.take != Take.NEXT_ONLY or case.queue_id in scope_ids(by, LEAD_QUEUE)
    return chooses or case.owner_id == by.pk


def assign(
    *, case: Case, by: User, owner: User, reason: str, at: datetime, seen_version: int
) -> Case:
    """Give this case to somebody who may work it. Also raises CannotOwn.

    Where the next one is given, its leads choose for whom, and whose it is; else PickRefused.
    """
    if not may_pick(by, case):
        message = f"In {case.queue} each takes the next case; its leads choose among them."
        raise PickRefused(message)
    may = owner.is_active and may_see(owner, case) and may_work(owner, queue_id=case.queue_id)
    if not may:
        message = f"{owner} may not work this queue at this facility."
        raise CannotOwn(message)
    return moving.move(
        case=case,
        verb=Verb.ASSIGN,
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
        owner_id=owner.pk,
    )


def release(*, case: Case, by: User, reason: str, at: datetime, seen_version: int) -> Case:
    """Put this case back, so that somebody else can take it."""
    return moving.move(
        case=case, verb=Verb.RELEASE, by=by, reason=reason, at=at, seen_version=seen_version
    )


@transaction.atomic
def transfer(
    *,
    case: Case,
    by: User,
    queue: Queue,
    reason: str,
    at: datetime,
    seen_version: int,
    cause: NotOurs = NotOurs.OTHER,
) -> Case:
    """Move this case to another queue, which owes it a first touch from now on.

    By when it is to be resolved is that queue's measure, from when it was opened and without the
    time it waited. Why it was not this queue's is counted. Also raises QueueRefused.
    """
    if not queue.is_active or queue.pk == case.queue_id:
        message = f"The case cannot go to “{queue}”: it is there already, or the queue is closed."
        raise QueueRefused(message)
    from_queue_id = case.queue_id
    moved = moving.move(
        case=case,
        verb=Verb.TRANSFER,
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
        queue_id=queue.pk,
    )
    misrouted(case=moved, from_queue_id=from_queue_id, cause=cause, by=by, at=at)
    return moved


def wait(
    *, case: Case, by: User, waiting_for: Waiting, reason: str, at: datetime, seen_version: int
) -> Case:
    """Note that this case waits for the payer, or for information."""
    verb = Verb.WAIT_PAYER if waiting_for == Waiting.PAYER else Verb.WAIT_INFO
    return moving.move(case=case, verb=verb, by=by, reason=reason, at=at, seen_version=seen_version)


def resume(*, case: Case, by: User, reason: str, at: datetime, seen_version: int) -> Case:
    """Go on with a case that waited or slept; it becomes one's own."""
    return moving.move(
        case=case, verb=Verb.RESUME, by=by, reason=reason, at=at, seen_version=seen_version
    )


def resolve(
    *,
    case: Case,
    by: User,
    disposition: Disposition,
    reason: str,
    at: datetime,
    seen_version: int,
) -> Case:
    """End this case with one of the dispositions its type offers. Also raises DispositionRefused.

    Write-offs and appeal outcomes are never a person's alone, so no type offers them here; what a
    third person is to review ends by that.
    """
    if disposition not in CASE_TYPES.get(case.case_type).dispositions:
        message = f"This kind of case cannot be resolved as “{Disposition(disposition).label}”."
        raise DispositionRefused(message)
    require_reviewed([case])
    return moving.move(
        case=case,
        verb=Verb.RESOLVE,
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
        disposition=disposition,
    )


def require_reviewed(cases: Collection[Case]) -> None:
    """Raises DispositionRefused for a case that an after-review ends, which nobody wrote yet."""
    for kind in sorted({case.case_type for case in cases}):
        of_kind = {case.pk: case for case in cases if case.case_type == kind}
        for pk, engaged in CASE_TYPES.get(kind).engaged(of_kind).items():
            if engaged is Engaged.REVIEW:
                raise DispositionRefused(f"{of_kind[pk]}: {engaged}. By that alone it ends.")


def reopen(*, case: Case, by: User, reason: str, at: datetime, seen_version: int) -> Case:
    """Take up a finished case again; its due times are counted from now."""
    return moving.move(
        case=case, verb=Verb.REOPEN, by=by, reason=reason, at=at, seen_version=seen_version
    )


@transaction.atomic
def comment(
    *,
    case: Case,
    by: User,
    text: str,
    kind: NoteKind = NoteKind.COMMENT,
    reference: Reference = NO_REFERENCE,
) -> Note:
    """Say something about a case that one sees; who is named in it and sees the case is told.

    Changes nothing that others could have changed, so it asks for no version. Raises CaseNotFound,
    MayNotWork, TextMissing, CallRefused.
    """
    written = services.note(case=case, by=by, text=text, kind=NoteKind(kind), reference=reference)
    telling.of_note(note=written, case=case, by=by, named=named_in(text, case))
    services.renew_lease(case=case, by=by)
    return written


def mark_step(*, case: Case, by: User, step: str, is_done: bool) -> StepMark:
    """Tick or untick a step. Raises CaseNotFound, MayNotWork, StepUnknown."""
    mark = services.mark_step(case=case, by=by, step=step, is_done=is_done)
    services.renew_lease(case=case, by=by)
    return mark


def stay(*, case: Case, by: User) -> bool:
    """Say that one is still at a case; whether one still holds it."""
    return services.renew_lease(case=case, by=by)
