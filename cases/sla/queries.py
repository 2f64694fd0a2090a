"""How the clocks of cases stand, as pages and programs ask for it."""

from collections.abc import Collection, Iterator
from itertools import chain

from django.db.models import QuerySet

from cases.sla.models import ClockEvent, ClockTerms, SlaClock
from cases.sla.vocabulary import Clock, ClockState, EventKind, PauseReason
from cases.work.models import Case
from cases.work.sets import any_id
from cases.work.timeline import Entry, EntryKind

ACTOR = "Clocks"


def clocks_of(case: Case) -> QuerySet[SlaClock]:
    """The clocks of a case with what they allow: first touch first, the newest of a kind first."""
    return (
        SlaClock.objects.filter(case=case)
        .select_related("terms__calendar")
        .order_by("kind", "-run", "pk")
    )


def present(case: Case) -> list[SlaClock]:
    """The newest clock of each kind. One query."""
    newest: dict[str, SlaClock] = {}
    for clock in clocks_of(case):
        newest.setdefault(clock.kind, clock)
    return list(newest.values())


def paused(case_ids: Collection[int]) -> dict[int, PauseReason]:
    """For what the cases wait whose clock to be resolved is paused. One query."""
    rows = SlaClock.objects.filter(
        case_id=any_id(case_ids), kind=Clock.RESOLVE, state=ClockState.PAUSED
    ).values_list("case_id", "pause_reason")
    return {case_id: PauseReason(reason) for case_id, reason in rows if reason}


def entries(case: Case) -> list[Entry]:
    """What happened to the clocks of a case, for its timeline. Two queries."""
    events = list(ClockEvent.objects.filter(case=case).order_by("pk"))
    ids = set(chain.from_iterable((event.terms or {}).values() for event in events))
    terms = ClockTerms.objects.in_bulk(ids)
    return [
        Entry(
            at=event.at,
            kind=EntryKind.CLOCK,
            actor=ACTOR,
            is_person=False,
            words=str(EventKind(event.kind).label),
            reason="; ".join(_reasons(event, terms)),
            facts={"event": event.kind, "clock": event.clock or None, "version": event.version},
        )
        for event in events
    ]


def _reasons(event: ClockEvent, terms: dict[int, ClockTerms]) -> Iterator[str]:
    if event.clock:
        yield str(Clock(event.clock).label)
    if event.reason:
        yield str(PauseReason(event.reason).label).capitalize()
    for clock, pk in sorted((event.terms or {}).items()):
        yield f"{Clock(clock).label}: {terms[pk]}"
