"""What the pages show, as plain values: the templates ask nothing of the database.

Whoever builds a presenter gives it the time; words and formats are made here, once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.wording import money, short_money, two_units
from cases.collaboration.models import Label
from cases.sla.vocabulary import PauseReason
from cases.work.lifecycle import FINISHED, CaseStatus
from cases.work.models import Case
from cases.work.steps import steps_of
from integrations.canonical.masking import masked_name

SOON = timedelta(hours=24)
HEAT = (7, 14, 30)  # days of age at which a case turns warmer
WAITING_WORDS = {
    CaseStatus.PENDING_PAYER: "Waiting for payer",
    CaseStatus.PENDING_INFO: "Waiting for information",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A chip: words, colour and the exact time behind them.

    `ticks` is the number of seconds under which it turns "soon" as the page stays open.
    """

    state: str
    words: str
    iso: str
    title: str
    ticks: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a worklist."""

    id: str
    url: str
    reference: str
    title: str
    status: str
    patient: str
    payer: str
    code: str
    words: str
    category: str
    amount: str
    age: int
    heat: int
    due: Due
    next_action: str
    owner: str
    initials: str
    is_mine: bool
    queue: str
    facility: str
    opened: str
    labels: Sequence[Label] = ()


def shown_money(amount: Decimal, currency: str) -> str:
    """An amount as the pages show it; the site's own currency needs no code."""
    return money(amount, currency, base=settings.BASE_CURRENCY)


def headline_money(amount: Decimal) -> str:
    """A sum in the site's currency, rounded for a headline."""
    return short_money(amount, settings.BASE_CURRENCY, base=settings.BASE_CURRENCY)


def shown_time(at: datetime) -> str:
    """A time in the reader's zone: "Thu Nov 12, 13:56"."""
    return date_format(timezone.localtime(at), "D M j, H:i")


def shown_day(at: datetime) -> str:
    """A day in the reader's zone: "Nov 12, 2026"."""
    return date_format(timezone.localtime(at), "M j, Y")


def due_of(case: Case, *, now: datetime, paused: PauseReason | None = None) -> Due:
    """By when a case is to be resolved, seen from now; a finished or paused one says so.

    One that nobody touched in time says that instead, unless it is late altogether.
    """
    at = case.resolve_due_at
    title = f"Resolve by {shown_time(at)} ({timezone.get_current_timezone_name()})"
    if CaseStatus(case.status) in FINISHED:
        return Due("done", CaseStatus(case.status).label, at.isoformat(), title)
    if paused is not None:
        return Due("paused", "Paused", at.isoformat(), f"Paused: {paused.label}. {title}")
    if case.first_touched_at is None and case.first_touch_due_at < now <= at:
        return _untouched(case.first_touch_due_at, now=now)
    return due_chip(at, now=now, title=title)


def _untouched(at: datetime, *, now: datetime) -> Due:
    title = f"The first touch was due {shown_time(at)} ({timezone.get_current_timezone_name()})"
    return Due("late", f"Untouched {two_units(at - now).split()[0]}", at.isoformat(), title)


def due_chip(at: datetime, *, now: datetime, title: str) -> Due:
    """A chip for a time that something is due."""
    left = at - now
    if left < timedelta(0):
        state, words = "late", f"{two_units(left)} late"
    else:
        state, words = "soon" if left < SOON else "ok", two_units(left)
    return Due(state, words, at.isoformat(), title, ticks=int(SOON.total_seconds()))


def heat_of(days: int) -> int:
    """How warm an age is: 0 to 3."""
    return sum(days >= limit for limit in HEAT)


def masked_patient(case: Case) -> str:
    """The patient of a case, masked; empty when none is named."""
    patient = case.claim.patient if case.claim else None
    if patient is None:
        return ""
    return masked_name(family_name=patient.family_name, given_name=patient.given_name)


def words_of(case: Case) -> str:
    """Our words for the leading reason, as they were when the case was detected."""
    return str(case.details.get("words", ""))


def next_step(case: Case, done: frozenset[str]) -> str:
    """The words of the first step that is not done; empty when all are."""
    return next((step.words for step in steps_of(case) if step.key not in done), "")


def row_of(
    case: Case,
    *,
    reader: User,
    done: frozenset[str],
    now: datetime,
    labels: Sequence[Label] = (),
    paused: PauseReason | None = None,
) -> Row:
    """One case as a row; `paused` is for what its clock waits."""
    days = max((now - case.opened_at).days, 0)
    return Row(
        id=str(case.public_id),
        url=reverse("cases:case", args=[case.public_id]),
        reference=case.reference,
        title=case.title,
        status=status_words(case),
        patient=masked_patient(case),
        payer=case.payer.name if case.payer else "",
        code=case.code,
        words=words_of(case) or case.title,
        category=case.category.replace("_", " ").capitalize(),
        amount=shown_money(case.amount_at_risk, case.currency),
        age=days,
        heat=heat_of(days),
        due=due_of(case, now=now, paused=paused),
        next_action=next_step(case, done),
        owner=str(case.owner) if case.owner else "",
        initials=case.owner.initials if case.owner else "",
        is_mine=case.owner_id == reader.pk,
        queue=case.queue.name,
        facility=case.facility.name,
        opened=shown_day(case.opened_at),
        labels=labels,
    )


def status_words(case: Case) -> str:
    """Where a case stands, with the day it comes back if it sleeps."""
    if case.deferred_until is not None:
        return f"Deferred to {date_format(timezone.localtime(case.deferred_until), 'M j')}"
    return CaseStatus(case.status).label
