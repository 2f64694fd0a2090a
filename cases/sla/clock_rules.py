"""What the events of a case make of its clocks. Pure: no database, no clock.

`runs_of` folds the events of a case, oldest first, into runs: each clock from its start to its end.
`answer` says which events a move of the case adds. A new target is a new run from the same start
with the same pauses. How a run stands in its calendar, `clock_readings` says; what is stored of a
clock is a copy of what these two say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cases.sla.vocabulary import Clock, ClockEffect, EventKind, PauseReason, Unit

CAP = 15  # business days


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clock allows: so much, counted in which calendar and zone, pausing for what."""

    amount: int
    unit: Unit
    calendar_id: int
    zone: str
    pauses: frozenset[PauseReason] = frozenset()
    cap: int = CAP


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the clocks of a case.

    `clock` is the one it concerns (None: all). `terms` are those of a start, a new target or a
    recount. `version` is the case's after the move that did it; an undo names the version whose
    events it takes back.
    """

    kind: EventKind
    at: datetime
    clock: Clock | None = None
    reason: PauseReason | None = None
    terms: Mapping[Clock, Terms] = field(default_factory=dict)
    version: int | None = None
    undoes: int | None = None

    def concerns(self, clock: Clock) -> bool:
        """Whether it happened to this clock."""
        if self.terms:
            return clock in self.terms
        return self.clock in {None, clock}


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock waits; without an end it still does."""

    reason: PauseReason
    begins: datetime
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A clock from its start to its end."""

    clock: Clock
    number: int
    terms: Terms
    started_at: datetime
    pauses: tuple[Pause, ...] = ()
    ended_at: datetime | None = None
    is_cancelled: bool = False

    @property
    def is_live(self) -> bool:
        """Whether it still counts."""
        return self.ended_at is None

    @property
    def pause(self) -> Pause | None:
        """The pause it is in."""
        last = self.pauses[-1] if self.pauses else None
        return last if self.is_live and last is not None and last.ends is None else None


def runs_of(events: Sequence[Event]) -> list[Run]:
    """The runs of a case's clocks, in the order of their starts. `events` are oldest first."""
    runs: list[Run] = []
    for event in standing(events):
        STEPS[event.kind](runs, event)
    return runs


def live(runs: Iterable[Run]) -> dict[Clock, Run]:
    """The runs that still count, by their clock."""
    return {run.clock: run for run in runs if run.is_live}


def standing(events: Sequence[Event]) -> list[Event]:
    """The events that no later one took back."""
    undone: set[int] = set()
    kept = []
    for event in reversed(events):
        if event.version is not None and event.version in undone:
            continue
        if event.kind is EventKind.UNDO and event.undoes is not None:
            undone.add(event.undoes)
        kept.append(event)
    return kept[::-1]


def _start(runs: list[Run], event: Event) -> None:
    _cancel(runs, event)
    for clock, terms in event.terms.items():
        number = 1 + sum(run.clock is clock for run in runs)
        runs.append(Run(clock, number, terms, event.at))


def _retarget(runs: list[Run], event: Event) -> None:
    held = live(runs)
    _start(runs, event)
    for index, run in enumerate(runs):
        before = held.get(run.clock)
        if run.is_live and before is not None and run.clock in event.terms:
            runs[index] = replace(run, started_at=before.started_at, pauses=before.pauses)


def _pause(runs: list[Run], event: Event) -> None:
    for index, run in _concerned(runs, event):
        if event.reason in run.terms.pauses and run.pause is None:
            runs[index] = replace(run, pauses=(*run.pauses, Pause(event.reason, event.at)))


def _resume(runs: list[Run], event: Event) -> None:
    for index, run in _concerned(runs, event):
        if run.pause is not None:
            runs[index] = replace(run, pauses=(*run.pauses[:-1], replace(run.pause, ends=event.at)))


def _stop(runs: list[Run], event: Event) -> None:
    for index, run in _concerned(runs, event):
        runs[index] = replace(run, ended_at=event.at)


def _cancel(runs: list[Run], event: Event) -> None:
    for index, run in _concerned(runs, event):
        runs[index] = replace(run, ended_at=event.at, is_cancelled=True)


def _recompute(runs: list[Run], event: Event) -> None:
    for index, run in _concerned(runs, event):
        runs[index] = replace(run, terms=event.terms.get(run.clock, run.terms))


def _undo(_runs: list[Run], _event: Event) -> None:
    """What it took back was left out before."""


def _concerned(runs: list[Run], event: Event) -> Iterator[tuple[int, Run]]:
    for index, run in enumerate(runs):
        if run.is_live and event.concerns(run.clock):
            yield index, run


STEPS = {
    EventKind.START: _start,
    EventKind.RETARGET: _retarget,
    EventKind.PAUSE: _pause,
    EventKind.RESUME: _resume,
    EventKind.STOP: _stop,
    EventKind.CANCEL: _cancel,
    EventKind.RECOMPUTE: _recompute,
    EventKind.UNDO: _undo,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A move of a case, as its clocks see it: `version` is the case's after it."""

    effect: ClockEffect
    at: datetime
    version: int
    terms: Mapping[Clock, Terms] = field(default_factory=dict)
    reason: PauseReason | None = None


def answer(events: Sequence[Event], ask: Ask) -> list[Event]:
    """The events that a move adds to those of its case; none when its clocks go on as they are."""
    if ask.effect is ClockEffect.UNDO:
        return _undoing(events, ask)
    running = live(runs_of(events))
    waits = any(run.pause is not None for run in running.values())
    if ask.effect is ClockEffect.PAUSE:
        return _pausing(running, ask)
    goes_on = waits and ask.effect is not ClockEffect.REMEASURE
    resumed = [_event(EventKind.RESUME, ask)] if goes_on else []
    if ask.effect is ClockEffect.RESUME:
        return resumed
    return [*resumed, *_setting(running, ask)]


def _undoing(events: Sequence[Event], ask: Ask) -> list[Event]:
    undoes = ask.version - 1
    is_held = any(event.version == undoes for event in standing(events))
    return [_event(EventKind.UNDO, ask, undoes=undoes)] if is_held else []


def _pausing(running: Mapping[Clock, Run], ask: Ask) -> list[Event]:
    waiting = {run.pause.reason for run in running.values() if run.pause is not None}
    if waiting == {ask.reason}:
        return []
    added = [_event(EventKind.RESUME, ask)] if waiting else []
    if any(ask.reason in run.terms.pauses for run in running.values()):
        added.append(_event(EventKind.PAUSE, ask, reason=ask.reason))
    return added


def _setting(running: Mapping[Clock, Run], ask: Ask) -> list[Event]:
    """Starts and new targets; the same target again is no new one."""
    if ask.effect is ClockEffect.START or not running:
        return [_event(EventKind.START, ask, terms=ask.terms)]
    started, retargeted = {}, {}
    for clock, terms in ask.terms.items():
        held = running.get(clock)
        if ask.effect is ClockEffect.HANDOVER and (clock is Clock.FIRST_TOUCH or held is None):
            started[clock] = terms
        elif held is not None and held.terms != terms:
            retargeted[clock] = terms
    kinds = ((EventKind.START, started), (EventKind.RETARGET, retargeted))
    return [_event(kind, ask, terms=terms) for kind, terms in kinds if terms]


def _event(kind: EventKind, ask: Ask, **said: Any) -> Event:
    return Event(kind, ask.at, version=ask.version, **said)
