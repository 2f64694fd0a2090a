"""The only writers of clocks: the events, and the copy of what follows from them.

A move is done in two halves, since the due times it leads to belong into the same write as the
move: `plan_many` reads and says what follows, `write` writes it. What starts and what ends needs no
reading: `start_many` and `end_many` write many with one statement. Whoever calls holds the locks of
the cases; so no clock is locked by itself.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from cases.sla.business_time import BusinessCalendar
from cases.sla.clock_readings import Reading, read
from cases.sla.clock_rules import Ask, Event, Run, Terms, answer, runs_of
from cases.sla.models import ClockEvent, SlaClock
from cases.sla.services.targets import Place, Started, Zoned, calendars_for
from cases.sla.services.terms import term_ids, terms_by_id
from cases.sla.vocabulary import PARTIES, Clock, EventKind, PauseReason
from cases.work.sets import any_id

DUE_COLUMNS = {Clock.FIRST_TOUCH: "first_touch_due_at", Clock.RESOLVE: "resolve_due_at"}
Key = tuple[int, Clock, int]  # a case, a clock, a run

START = """
WITH entered AS (
    INSERT INTO cases_clockevent (case_id, kind, at, clock, terms, version)
    SELECT c.case_id, 'start', %(at)s, '', s.terms, 1
    FROM unnest(%(cases)s::bigint[], %(places)s::int[]) AS c (case_id, place)
    JOIN jsonb_to_recordset(%(starts)s) AS s (place int, terms jsonb) USING (place))
INSERT INTO cases_slaclock
    (case_id, kind, run, state, terms_id, started_at, due_at, watch_at, watch_step, warned)
SELECT c.case_id, k.kind, 1, 'running', k.terms_id, %(at)s, k.due_at, k.watch_at, k.watch_step, 0
FROM unnest(%(cases)s::bigint[], %(places)s::int[]) AS c (case_id, place)
JOIN jsonb_to_recordset(%(clocks)s) AS k (place int, kind text, terms_id bigint,
    due_at timestamptz, watch_at timestamptz, watch_step smallint) USING (place)
"""
END = """
WITH ended AS (
    UPDATE cases_slaclock AS k SET ended_at = %(at)s, watch_at = NULL, watch_step = NULL,
        pause_reason = NULL,
        state = CASE WHEN e.event = 'cancel' THEN 'cancelled'
                     WHEN %(at)s <= k.due_at THEN 'met' ELSE 'missed' END
    FROM unnest(%(cases)s::bigint[], %(versions)s::int[]) AS c (case_id, version),
         unnest(%(clocks)s::text[], %(events)s::text[]) AS e (kind, event)
    WHERE k.case_id = c.case_id AND k.kind = e.kind AND k.state IN ('running', 'paused')
    RETURNING k.case_id, c.version, k.kind, e.event)
INSERT INTO cases_clockevent (case_id, kind, at, clock, version)
SELECT case_id, event, %(at)s, kind, version FROM ended ORDER BY case_id, kind
"""
EVENTS = """
INSERT INTO cases_clockevent (case_id, kind, at, clock, reason, party, terms, version, undoes)
SELECT case_id, kind, at, clock, reason, party, terms, version, undoes
FROM jsonb_populate_recordset(NULL::cases_clockevent, %(rows)s)
"""
CLOCKS = """
INSERT INTO cases_slaclock (case_id, kind, run, state, terms_id, pause_reason, started_at, due_at,
    ended_at, watch_at, watch_step, warned)
SELECT case_id, kind, run, state, terms_id, pause_reason, started_at, due_at,
    ended_at, watch_at, watch_step, warned
FROM jsonb_populate_recordset(NULL::cases_slaclock, %(rows)s)
ON CONFLICT (case_id, kind, run) DO UPDATE SET state = EXCLUDED.state,
    terms_id = EXCLUDED.terms_id, pause_reason = EXCLUDED.pause_reason,
    started_at = EXCLUDED.started_at, due_at = EXCLUDED.due_at, ended_at = EXCLUDED.ended_at,
    watch_at = EXCLUDED.watch_at, watch_step = EXCLUDED.watch_step, warned = EXCLUDED.warned
"""
FORGET = """
DELETE FROM cases_slaclock AS k USING jsonb_populate_recordset(NULL::cases_slaclock, %(rows)s) AS g
WHERE k.case_id = g.case_id AND k.kind = g.kind AND k.run = g.run
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A move of one case, as its clocks see it."""

    case_id: int
    ask: Ask


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from moves: events to add, runs that changed, runs that are no more.

    `due` are the columns that the cases are to carry.
    """

    events: Mapping[int, Sequence[Event]] = field(default_factory=dict)
    readings: Mapping[Key, Reading] = field(default_factory=dict)
    gone: Collection[Key] = ()
    warned: Mapping[Key, int] = field(default_factory=dict)
    due: Mapping[int, Mapping[str, datetime]] = field(default_factory=dict)


def start_many(
    *, opened: Mapping[int, Place], started: Mapping[Place, Started], at: datetime
) -> None:
    """Start the clocks of new cases, each at its place, as `starts` read them.

    One statement for any number of cases, and one or two for terms.
    """
    if not opened:
        return
    places = {place: number for number, place in enumerate(set(opened.values()))}
    ids = term_ids(
        reading.run.terms for place in places for reading in started[place].readings.values()
    )
    shapes = [
        {"place": number, "terms": _terms_json(_terms_of(started[place]), ids)}
        for place, number in places.items()
    ]
    clocks = [
        {"place": number} | row_of(reading, ids, warned=0)
        for place, number in places.items()
        for reading in started[place].readings.values()
    ]
    _execute(
        START,
        cases=list(opened),
        places=[places[place] for place in opened.values()],
        starts=json.dumps(shapes),
        clocks=json.dumps(clocks, default=str),
        at=at,
    )


def end_many(*, cases: Mapping[int, int], endings: Mapping[Clock, EventKind], at: datetime) -> None:
    """Stop or cancel the running clocks of cases, given with their versions. One statement."""
    if cases and endings:
        _execute(
            END,
            cases=list(cases),
            versions=list(cases.values()),
            clocks=list(endings),
            events=list(endings.values()),
            at=at,
        )


def plan_many(*, asked: Sequence[Asked]) -> Turn:
    """What moves lead to: nothing is written. Five queries for any number of cases."""
    if not asked:
        return Turn()
    held = events_of([each.case_id for each in asked])
    added = {each.case_id: answer(held[each.case_id], each.ask) for each in asked}
    return turn({pk: (held[pk], events) for pk, events in added.items() if events})


def turn(told: Mapping[int, tuple[Sequence[Event], Sequence[Event]]]) -> Turn:
    """What follows when cases' events (first) are added to (second)."""
    if not told:
        return Turn()
    before = {pk: runs_of(held) for pk, (held, _) in told.items()}
    after = {pk: runs_of([*held, *added]) for pk, (held, added) in told.items()}
    changed = {
        key_of(pk, run): run for pk, runs in after.items() for run in runs if run not in before[pk]
    }
    readings = read_runs(changed)
    kept = {key_of(pk, run) for pk, runs in after.items() for run in runs}
    return Turn(
        events={pk: added for pk, (_, added) in told.items()},
        readings=readings,
        gone={key_of(pk, run) for pk, runs in before.items() for run in runs} - kept,
        warned=_warned(told),
        due=due_of(readings),
    )


def write(turn: Turn) -> None:
    """Write what `plan_many` said. Four statements for any number of cases."""
    ids = term_ids(
        [
            *(reading.run.terms for reading in turn.readings.values()),
            *(terms for each in turn.events.values() for e in each for terms in e.terms.values()),
        ]
    )
    events = [
        _event_row(case_id, event, ids) for case_id, added in turn.events.items() for event in added
    ]
    # What ends stands before what begins: of one clock only one may run.
    readings = sorted(turn.readings.items(), key=lambda each: each[1].run.is_live)
    rows = [
        {"case_id": key[0]} | row_of(reading, ids, warned=turn.warned.get(key, 0))
        for key, reading in readings
    ]
    _forget(turn.gone)
    for statement, written in ((EVENTS, events), (CLOCKS, rows)):
        if written:
            _execute(statement, rows=json.dumps(written, default=str))


def events_of(case_ids: Collection[int]) -> dict[int, list[Event]]:
    """The clock events of cases, oldest first. Two queries."""
    found: dict[int, list[Event]] = {pk: [] for pk in case_ids}
    rows = list(ClockEvent.objects.filter(case_id=any_id(case_ids)).order_by("case_id", "pk"))
    terms = terms_by_id({pk for row in rows for pk in (row.terms or {}).values()})
    for row in rows:
        found[row.case_id].append(
            Event(
                kind=EventKind(row.kind),
                at=row.at,
                clock=Clock(row.clock) if row.clock else None,
                reason=PauseReason(row.reason) if row.reason else None,
                terms={Clock(clock): terms[pk] for clock, pk in (row.terms or {}).items()},
                version=row.version,
                undoes=row.undoes,
            )
        )
    return found


def read_runs(runs: Mapping[Key, Run]) -> dict[Key, Reading]:
    """Count runs in their calendars; equal ones once. Two queries."""
    calendars = calendars_for(run.terms for run in runs.values()) if runs else {}
    counted: dict[tuple[Any, ...], Reading] = {}
    return {key: _read_once(run, calendars, counted) for key, run in runs.items()}


def key_of(case_id: int, run: Run) -> Key:
    """What tells a run from all others."""
    return case_id, run.clock, run.number


def _read_once(
    run: Run,
    calendars: Mapping[Zoned, BusinessCalendar],
    counted: dict[tuple[Any, ...], Reading],
) -> Reading:
    same = (run.terms, run.started_at, run.pauses, run.ended_at, run.is_cancelled)
    mark = (run.clock, run.number, *same)
    if mark not in counted:
        counted[mark] = read(run, calendars[run.terms.calendar_id, run.terms.zone])
    return counted[mark]


def due_of(readings: Mapping[Key, Reading]) -> dict[int, dict[str, datetime]]:
    """The due columns of cases, by their running clocks."""
    due: dict[int, dict[str, datetime]] = defaultdict(dict)
    for (case_id, clock, _), reading in readings.items():
        if reading.run.is_live:
            due[case_id][DUE_COLUMNS[clock]] = reading.due_at
    return due


def _warned(case_ids: Iterable[int]) -> dict[Key, int]:
    rows = SlaClock.objects.filter(case_id=any_id(case_ids), warned__gt=0)
    return {
        (case_id, Clock(kind), run): warned
        for case_id, kind, run, warned in rows.values_list("case_id", "kind", "run", "warned")
    }


def row_of(reading: Reading, ids: Mapping[Terms, int], *, warned: int) -> dict[str, Any]:
    """The columns that are stored of a run."""
    run = reading.run
    watch = reading.watch(warned=warned)
    return {
        "kind": run.clock,
        "run": run.number,
        "state": reading.state,
        "terms_id": ids[run.terms],
        "pause_reason": run.pause.reason if run.pause else None,
        "started_at": run.started_at,
        "due_at": reading.due_at,
        "ended_at": run.ended_at,
        "watch_at": watch[0] if watch else None,
        "watch_step": watch[1].value if watch else None,
        "warned": warned,
    }


def _event_row(case_id: int, event: Event, ids: Mapping[Terms, int]) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "kind": event.kind,
        "at": event.at,
        "clock": event.clock or "",
        "reason": event.reason,
        "party": PARTIES[event.reason] if event.reason else None,
        "terms": _terms_json(event.terms, ids) or None,
        "version": event.version,
        "undoes": event.undoes,
    }


def _terms_of(started: Started) -> dict[Clock, Terms]:
    return {clock: reading.run.terms for clock, reading in started.readings.items()}


def _terms_json(terms: Mapping[Clock, Terms], ids: Mapping[Terms, int]) -> dict[str, int]:
    return {clock.value: ids[each] for clock, each in terms.items()}


def _forget(gone: Collection[Key]) -> None:
    """Take away the copies of runs that an undo unmade; their events stay."""
    if gone:
        rows = [{"case_id": pk, "kind": clock, "run": run} for pk, clock, run in gone]
        _execute(FORGET, rows=json.dumps(rows))


def _execute(statement: str, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
