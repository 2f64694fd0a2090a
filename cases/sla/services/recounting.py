"""Counting clocks anew from their events, and mending what is stored of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cases.sla.clock_readings import Reading
from cases.sla.clock_rules import Event, Run, Terms, live, runs_of
from cases.sla.models import SlaClock
from cases.sla.services.clocks import (
    Key,
    Turn,
    due_of,
    events_of,
    key_of,
    read_runs,
    row_of,
    turn,
    write,
)
from cases.sla.services.targets import Place, terms_for
from cases.sla.services.terms import term_ids
from cases.sla.vocabulary import LIVE, Clock, EventKind
from cases.work.models import Case
from cases.work.sets import any_id

COLUMNS = (
    "state",
    "terms_id",
    "pause_reason",
    "started_at",
    "due_at",
    "ended_at",
    "watch_at",
    "watch_step",
)


@dataclass(frozen=True, slots=True)
class Adopted:
    """A calendar that takes the place of another, and the zone it counts in."""

    instead_of: int
    calendar_id: int
    zone: str

    def terms(self, held: Mapping[Clock, Run]) -> dict[Clock, Terms]:
        """The terms of running clocks that were counted in the other one."""
        return {
            clock: replace(run.terms, calendar_id=self.calendar_id, zone=self.zone)
            for clock, run in held.items()
            if run.terms.calendar_id == self.instead_of
        }


@dataclass(frozen=True, slots=True)
class Recount:
    """What counting anew came to: the cases whose clocks stood otherwise than their events say.

    `due` are the columns that all the cases are to carry.
    """

    changed: frozenset[int] = frozenset()
    due: Mapping[int, Mapping[str, datetime]] = field(default_factory=dict)


def recount_many(
    *, case_ids: Collection[int], at: datetime, adopted: Adopted | None = None, is_dry: bool = False
) -> Recount:
    """Count the clocks of locked cases by their events, and write what differs, with an event.

    What has ended stays as it was judged. `is_dry` writes nothing. The number of queries does not
    depend on the number of cases.
    """
    held = events_of(case_ids)
    added = {pk: _recount(events, adopted, at=at) for pk, events in held.items()}
    stored = _stored(case_ids)
    runs = {
        key_of(pk, run): run
        for pk, events in held.items()
        for run in runs_of([*events, *added[pk]])
        if run.is_live or _is_compared(stored.get(key_of(pk, run)))
    }
    readings = read_runs(runs)
    ids = term_ids(reading.run.terms for reading in readings.values())
    drifted = {
        key: reading for key, reading in readings.items() if _differs(stored.get(key), reading, ids)
    }
    astray = {key for key, row in stored.items() if _is_compared(row)} - runs.keys()
    changed = frozenset(key[0] for key in [*drifted, *astray])
    if changed and not is_dry:
        warned = {key: row["warned"] for key, row in stored.items()}
        write(Turn({pk: added[pk] for pk in sorted(changed)}, drifted, astray, warned))
    return Recount(changed, due_of(readings))


def _recount(events: Sequence[Event], adopted: Adopted | None, *, at: datetime) -> list[Event]:
    terms = adopted.terms(live(runs_of(events))) if adopted else {}
    return [Event(EventKind.RECOMPUTE, at, terms=terms)]


def _stored(case_ids: Collection[int]) -> dict[Key, dict[str, Any]]:
    rows = SlaClock.objects.filter(case_id=any_id(case_ids)).values(
        "case_id", "kind", "run", "warned", *COLUMNS
    )
    return {(row["case_id"], Clock(row["kind"]), row["run"]): row for row in rows}


def _is_compared(row: Mapping[str, Any] | None) -> bool:
    """Whether a clock that is not stored at all, or stored as running, is to be compared."""
    return row is None or row["state"] in LIVE


def _differs(row: Mapping[str, Any] | None, reading: Reading, ids: Mapping[Terms, int]) -> bool:
    if row is None:
        return True
    said = row_of(reading, ids, warned=row["warned"])
    return any(row[name] != said[name] for name in COLUMNS)


def start_missing(*, cases: Sequence[Case]) -> Mapping[int, Mapping[str, datetime]]:
    """Start the clocks of locked open cases that never had any, from when they were opened.

    For cases that were there before there were clocks. Returns the columns that they are to carry.
    """
    places = {case.pk: place_of(case) for case in cases}
    terms = terms_for(places=set(places.values())) if cases else {}
    followed = turn({case.pk: ([], _first(case, terms[places[case.pk]])) for case in cases})
    write(followed)
    return followed.due


def place_of(case: Case) -> Place:
    """What the targets of a case depend on."""
    return Place(case.queue_id, case.facility_id, case.case_type, case.payer_id)


def _first(case: Case, terms: Mapping[Clock, Terms]) -> list[Event]:
    events = [Event(EventKind.START, case.opened_at, terms=terms)]
    if case.first_touched_at is not None:
        events.append(Event(EventKind.STOP, case.first_touched_at, clock=Clock.FIRST_TOUCH))
    return events
