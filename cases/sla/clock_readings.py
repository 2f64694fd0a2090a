"""How a clock stands, counted in its calendar. Pure: no database, no clock.

`read` says of one run by when it is due, what is gone and left of its time, and when it is to be
looked at. A pause lasts until it is ended, or until its reason has had as many business days as the
terms grant it; one without an end is counted until then, so that what is due is due by then at the
latest. Of business days, what a pause leaves over is due at the end of its day.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.sla.business_time import (
    BusinessCalendar,
    add_business_days,
    add_business_hours,
    add_calendar_days,
    add_open_time,
    closings_between,
    end_of_business,
    open_between,
)
from cases.sla.clock_rules import Run
from cases.sla.vocabulary import WARNINGS, ClockState, PauseReason, Unit, WatchStep

ADD = {
    Unit.BUSINESS_HOURS: add_business_hours,
    Unit.BUSINESS_DAYS: add_business_days,
    Unit.CALENDAR_DAYS: add_calendar_days,
}
Pauses = tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A run counted in its calendar.

    `pauses` are as they count: cut short at their caps. `goes_on_at` is when the pause it is in
    ends by itself.
    """

    run: Run
    calendar: BusinessCalendar
    pauses: tuple[tuple[datetime, datetime], ...]
    due_at: datetime
    goes_on_at: datetime | None

    @property
    def state(self) -> ClockState:
        """How it stands; what stopped by its due time is met."""
        run = self.run
        if run.is_cancelled:
            return ClockState.CANCELLED
        if run.ended_at is not None:
            return ClockState.MET if run.ended_at <= self.due_at else ClockState.MISSED
        return ClockState.PAUSED if run.pause is not None else ClockState.RUNNING

    @property
    def goal(self) -> timedelta:
        """All of its time, in open hours; of calendar days, in hours."""
        return gone_by(self.run, self.calendar, self.pauses, self.due_at)

    def elapsed(self, at: datetime) -> timedelta:
        """How much of its time is gone by then."""
        end = at if self.run.ended_at is None else min(at, self.run.ended_at)
        return gone_by(self.run, self.calendar, self.pauses, end)

    def remaining(self, at: datetime) -> timedelta:
        """How much of its time is left then; less than nothing once it is late."""
        return self.goal - self.elapsed(at)

    def moment(self, step: WatchStep) -> datetime:
        """When so many per cent of its time are gone."""
        if step is WatchStep.ALL:
            return self.due_at
        return reached_at(self.run, self.calendar, self.pauses, self.goal * step.value / 100)

    def watch(self, *, warned: int) -> tuple[datetime, WatchStep] | None:
        """When it is to be looked at next, and for what; None: never again."""
        if not self.run.is_live:
            return None
        moments = [(self.moment(step), step) for step in WARNINGS if step > warned]
        if self.goes_on_at is not None:
            moments.append((self.goes_on_at, WatchStep.CAP))
        return min(moments, default=None)

    def reached(self, *, at: datetime) -> int:
        """The highest warning that is due by then; 0: none."""
        return max((step.value for step in WARNINGS if self.moment(step) <= at), default=0)


def read(run: Run, calendar: BusinessCalendar) -> Reading:
    """Count a run in its calendar. Raises NeverOpen."""
    terms = run.terms
    due_at = ADD[terms.unit](calendar, run.started_at, terms.amount)
    if not run.pauses:
        return Reading(run, calendar, (), due_at, None)
    pauses = tuple(_as_they_count(run, calendar))
    allowed = _between(calendar, terms.unit, run.started_at, due_at)
    due_at = reached_at(run, calendar, pauses, allowed)
    if terms.unit is Unit.BUSINESS_DAYS:
        due_at = end_of_business(calendar, due_at)
    return Reading(run, calendar, pauses, due_at, pauses[-1][1] if run.pause else None)


def _as_they_count(run: Run, calendar: BusinessCalendar) -> Iterator[tuple[datetime, datetime]]:
    """Each pause from its beginning to its end, or to the cap of its reason if that is earlier."""
    used: Counter[PauseReason] = Counter()
    for pause in run.pauses:
        left = run.terms.cap - used[pause.reason]
        longest = add_business_days(calendar, pause.begins, left) if left > 0 else pause.begins
        ends = longest if pause.ends is None else min(pause.ends, longest)
        used[pause.reason] += closings_between(calendar, pause.begins, ends)
        yield pause.begins, ends


def gone_by(run: Run, calendar: BusinessCalendar, pauses: Pauses, moment: datetime) -> timedelta:
    """How much time a run has counted by a moment."""
    gone, begins = timedelta(), run.started_at
    for paused, resumed in pauses:
        gone += _between(calendar, run.terms.unit, begins, min(paused, moment))
        begins = resumed
    return gone + _between(calendar, run.terms.unit, begins, moment)


def reached_at(run: Run, calendar: BusinessCalendar, pauses: Pauses, left: timedelta) -> datetime:
    """The moment by which a run has counted so much time."""
    begins = run.started_at
    for paused, resumed in pauses:
        part = _between(calendar, run.terms.unit, begins, paused)
        if part >= left:
            break
        left -= part
        begins = resumed
    if run.terms.unit is Unit.CALENDAR_DAYS:
        return begins + left
    return add_open_time(calendar, begins, left)


def _between(calendar: BusinessCalendar, unit: Unit, start: datetime, end: datetime) -> timedelta:
    if unit is Unit.CALENDAR_DAYS:
        return max(end - start, timedelta())
    return open_between(calendar, start, end)
