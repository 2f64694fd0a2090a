"""Deferring until something happens, and seeing that it has. Never past the internal deadline."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import moving
from cases.collaboration.models import CaseLink
from cases.evidence.models import Attachment
from cases.work import services
from cases.work.lifecycle import OPEN, CaseStatus, Verb
from cases.work.models import Case, Note, NoteOutcome, WakeEvent
from integrations.canonical.models import RemittedClaim

LONGEST_DEFERRAL = timedelta(days=90)
DATE_CAME = "The date it was deferred to has come."
DEADLINE_CAME = "Its deadline has come."
HAPPENED = {
    WakeEvent.PAYER: "The payer has answered.",
    WakeEvent.REMITTANCE: "A new remittance names its claim.",
    WakeEvent.DOCUMENT: "A document was attached.",
    WakeEvent.LINKED: "No case linked to it is open any more.",
}


class DateRefused(DomainError):
    """The case cannot sleep until this date."""

    code = "date_refused"


class EventRefused(DomainError):
    """The case cannot wait for this event: it cannot come, or has come."""

    code = "event_refused"


@transaction.atomic
def defer(
    *,
    case: Case,
    by: User,
    until: datetime,
    reason: str,
    at: datetime,
    seen_version: int,
    event: WakeEvent | None = None,
) -> Case:
    """Let this case sleep until a time to come, or earlier when an event comes.

    Ninety days at most, and never past its internal deadline. Also raises DateRefused,
    EventRefused.
    """
    _check_date(case, until, at=at)
    if event is not None:
        reason = f"{reason.strip()} (Or when: {event.label.lower()}.)" if reason.strip() else ""
    moved = moving.move(
        case=case,
        verb=Verb.DEFER,
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
        deferred_until=until,
    )
    _check_event(moved, event)
    services.wake_on(case=moved, event=event, until=until, seen=_seen(moved))
    return moved


def _check_date(case: Case, until: datetime, *, at: datetime) -> None:
    if not at < until <= at + LONGEST_DEFERRAL:
        message = f"Choose a time from now on, within {LONGEST_DEFERRAL.days} days."
        raise DateRefused(message)
    if case.deadline_at is not None and until > case.deadline_at:
        message = (
            f"Its deadline is {case.deadline_at:%Y-%m-%d}: choose a day before that, or act now."
        )
        raise DateRefused(message)


def _check_event(case: Case, event: WakeEvent | None) -> None:
    if event in {WakeEvent.PAYER, WakeEvent.REMITTANCE} and case.claim_id is None:
        message = "This case has no claim that a payer could answer about."
        raise EventRefused(message)
    if event is WakeEvent.LINKED and not _holding_up(case.pk).exists():
        message = "No open case is linked to this one: link it first."
        raise EventRefused(message)


def _seen(case: Case) -> dict[str, int]:
    """What has happened by now; only what comes later wakes the case."""
    counted: dict[str, QuerySet[Any]] = {
        "adjudications_seen": RemittedClaim.objects.filter(claim=case.claim_id),
        "notes_seen": Note.objects.filter(case=case),
        "files_seen": Attachment.objects.filter(case=case),
    }
    return {
        name: rows.order_by().aggregate(last=Max("pk"))["last"] or 0
        for name, rows in counted.items()
    }


def awake(*, at: datetime) -> Iterator[tuple[str, QuerySet[Case]]]:
    """The sleeping cases that come back by then, by why they do."""
    asleep = Case.objects.filter(status=CaseStatus.DEFERRED)
    yield DATE_CAME, Case.objects.back_by(at)
    yield DEADLINE_CAME, asleep.filter(deadline_at__lte=at).order_by("deadline_at", "pk")
    waiting = asleep.filter(wake__until=F("deferred_until")).order_by("pk")
    for event, happened in _happened().items():
        yield HAPPENED[event], waiting.filter(happened, wake__event=event)


def _happened() -> dict[WakeEvent, Q]:
    remitted = Exists(
        RemittedClaim.objects.filter(
            claim=OuterRef("claim"), pk__gt=OuterRef("wake__adjudications_seen")
        )
    )
    answered = Exists(
        Note.objects.filter(
            case=OuterRef("pk"),
            outcome=NoteOutcome.ANSWERED,
            pk__gt=OuterRef("wake__notes_seen"),
        )
    )
    attached = Exists(
        Attachment.objects.filter(case=OuterRef("pk"), pk__gt=OuterRef("wake__files_seen"))
    )
    held_up = Exists(_holding_up(OuterRef("pk")))
    return {
        WakeEvent.PAYER: Q(remitted) | Q(answered),
        WakeEvent.REMITTANCE: Q(remitted),
        WakeEvent.DOCUMENT: Q(attached),
        WakeEvent.LINKED: ~Q(held_up),
    }


def _holding_up(case: Any) -> QuerySet[CaseLink]:
    """The links of a case whose other end is open."""
    still = sorted(OPEN)
    return CaseLink.objects.order_by().filter(
        Q(case=case, other__status__in=still) | Q(other=case, case__status__in=still)
    )
