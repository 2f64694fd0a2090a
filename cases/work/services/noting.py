"""Notes and ticked steps: what is said and done beside a case, never changed afterwards."""

from collections.abc import Iterable
from dataclasses import asdict

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from cases.work.models import Case, Note, NoteKind, StepMark
from cases.work.references import NO_REFERENCE, Reference
from cases.work.steps import steps_of
from cases.work.visibility import require_voice, require_work


class TextMissing(DomainError):
    """A note says something."""

    code = "text_missing"


class StepUnknown(DomainError):
    """The case has no such step: its reason changed, perhaps."""

    code = "step_unknown"


class CallRefused(DomainError):
    """Whom one spoke to, at which number and when to call again belong to a call."""

    code = "call_refused"


@transaction.atomic
def note(
    *,
    case: Case,
    by: User,
    text: str,
    kind: NoteKind = NoteKind.COMMENT,
    reference: Reference = NO_REFERENCE,
) -> Note:
    """Add a note to a case that somebody sees. Plain text; recorded in the case's audit chain.

    Raises CaseNotFound, MayNotWork, TextMissing, CallRefused.
    """
    require_voice(by, case)
    if not text.strip():
        message = "Write something first."
        raise TextMissing(message)
    if reference.is_of_a_call and kind is not NoteKind.CALL:
        message = "Whom you spoke to and when to call again belong to a call: choose that kind."
        raise CallRefused(message)
    written = Note.objects.create(
        case=case,
        author=by,
        kind=kind,
        text=text.strip(),
        **asdict(reference) | {"outcome": reference.outcome or ""},
    )
    _record(case, "case.noted", by=by, reason=f"{kind.label} added", note=written.pk)
    return written


@transaction.atomic
def note_many(
    *, cases: Iterable[Case], by: User, text: str, kind: NoteKind = NoteKind.COMMENT
) -> int:
    """Add the same note to many cases that somebody sees, set-wise; each has it on its record.

    Raises what `note` raises; then nothing is written. Returns how many.
    """
    held = list(cases)
    for case in held:
        require_voice(by, case)
    if not text.strip():
        message = "Write something first."
        raise TextMissing(message)
    written = Note.objects.bulk_create(
        Note(case=case, author=by, kind=kind, text=text.strip()) for case in held
    )
    events = (
        audit.Event(
            chain=f"case:{each.case_id}",
            verb="case.noted",
            subject=f"case:{each.case.public_id}",
            reason=f"{kind.label} added",
            facts={"note": each.pk},
        )
        for each in written
    )
    return audit.record_many(events, by=by)


@transaction.atomic
def mark_step(*, case: Case, by: User, step: str, is_done: bool) -> StepMark:
    """Tick or untick a step of a case's present cycle.

    Raises CaseNotFound, MayNotWork, StepUnknown.
    """
    require_work(by, case)
    known = {each.key for each in steps_of(case)}
    if step not in known:
        message = "This case has no such step any more. Reload it to see its present steps."
        raise StepUnknown(message)
    mark = StepMark.objects.create(
        case=case, cycle=case.cycle, step=step, is_done=is_done, marked_by=by
    )
    reason = "Step done" if is_done else "Step open again"
    _record(case, "case.step", by=by, reason=reason, step=step, is_done=is_done)
    return mark


def _record(case: Case, verb: str, *, by: User, reason: str, **facts: object) -> None:
    audit.record(
        chain=f"case:{case.pk}",
        verb=verb,
        subject=f"case:{case.public_id}",
        by=by,
        reason=reason,
        **facts,
    )
