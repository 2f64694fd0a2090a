"""Looking at clocks whose moment has come: a share of their time gone, a pause at its longest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cases.sla.clock_readings import Reading
from cases.sla.clock_rules import Event, Run, runs_of
from cases.sla.models import SlaClock
from cases.sla.services.clocks import Key, Turn, events_of, key_of, read_runs, write
from cases.sla.vocabulary import Clock, EventKind, PauseReason, WatchStep
from cases.work.models import Case
from cases.work.sets import any_id


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody should be told of a clock; `waited_for` when its pause has ended by itself."""

    case: Case
    clock: Clock
    run: int
    step: WatchStep
    due_at: datetime
    zone: str
    waited_for: PauseReason | None = None


@transaction.atomic
def look(*, at: datetime, limit: int = 500) -> tuple[int, list[Seen]]:
    """Look at the clocks whose moment has come: how many cases, and what is to be told of them.

    Locks their cases and skips those that others hold. A pause at its cap ends here. Each step of
    a clock is told once; of several that have come only the highest.
    """
    due = SlaClock.objects.filter(watch_at__lte=at).order_by("watch_at").values("case_id")
    cases = {
        case.pk: case
        for case in Case.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=any_id({row["case_id"] for row in due[:limit]}))
        .order_by("pk")
    }
    held = events_of(list(cases))
    before = _read(held)
    added = {pk: events for pk in held if (events := _ended(before, pk, at=at))}
    readings = before | _read({pk: [*held[pk], *events] for pk, events in added.items()})
    warned = _warned(list(cases))
    reached = {
        key: max(reading.reached(at=at), warned.get(key, 0)) for key, reading in readings.items()
    }
    write(Turn(events=added, readings=readings, warned=reached))
    told = [
        _seen(cases[key[0]], reading, WatchStep(reached[key]))
        for key, reading in readings.items()
        if reached[key] > warned.get(key, 0)
    ]
    over = [
        _seen(cases[key[0]], readings[key], WatchStep.CAP, reading.run)
        for key, reading in before.items()
        if _is_over(reading, at=at)
    ]
    return len(cases), [*told, *over]


def _read(events: dict[int, list[Event]]) -> dict[Key, Reading]:
    return read_runs(
        {
            key_of(pk, run): run
            for pk, told in events.items()
            for run in runs_of(told)
            if run.is_live
        }
    )


def _ended(readings: dict[Key, Reading], case_id: int, *, at: datetime) -> list[Event]:
    return [
        Event(EventKind.RESUME, at, clock=clock)
        for (pk, clock, _), reading in readings.items()
        if pk == case_id and _is_over(reading, at=at)
    ]


def _is_over(reading: Reading, *, at: datetime) -> bool:
    return reading.goes_on_at is not None and reading.goes_on_at <= at


def _warned(case_ids: Sequence[int]) -> dict[Key, int]:
    rows = SlaClock.objects.filter(case_id=any_id(case_ids))
    return {
        (case_id, Clock(kind), run): warned
        for case_id, kind, run, warned in rows.values_list("case_id", "kind", "run", "warned")
    }


def _seen(case: Case, reading: Reading, step: WatchStep, waited: Run | None = None) -> Seen:
    run = reading.run
    return Seen(
        case=case,
        clock=run.clock,
        run=run.number,
        step=step,
        due_at=reading.due_at,
        zone=run.terms.zone,
        waited_for=waited.pauses[-1].reason if waited else None,
    )
