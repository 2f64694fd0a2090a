"""The clocks of a case as its page shows them: a chip each, with what stands behind it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from cases.sla.models import SlaClock
from cases.sla.vocabulary import Clock, ClockState, PauseReason
from cases.web.presenters import Due, due_chip, shown_time

ENDS = {
    ClockState.MET: ("done", "Met"),
    ClockState.MISSED: ("late", "Missed"),
    ClockState.CANCELLED: ("", "Not needed"),
}


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock: what it measures, how it stands, and what it allows."""

    label: str
    chip: Due
    words: str
    goal: str


def line_of(clock: SlaClock, *, now: datetime) -> ClockLine:
    """A clock in words."""
    terms = clock.terms
    goal = f"{terms} · {terms.calendar} ({terms.zone})"
    shown = clock.ended_at or clock.due_at
    return ClockLine(
        label=str(Clock(clock.kind).label),
        chip=_chip(clock, goal, now=now),
        words=f"{'' if clock.ended_at else 'by '}{shown_time(shown)}",
        goal=goal,
    )


def _chip(clock: SlaClock, goal: str, *, now: datetime) -> Due:
    zone = timezone.get_current_timezone_name()
    title = f"Goal: {goal}. Due {shown_time(clock.due_at)} ({zone})."
    if clock.state == ClockState.PAUSED and clock.pause_reason:
        words = f"Paused: {PauseReason(clock.pause_reason).label}"
        return Due("paused", words, clock.due_at.isoformat(), title)
    if clock.ended_at is None:
        return due_chip(clock.due_at, now=now, title=title)
    state, words = ENDS[ClockState(clock.state)]
    return Due(state, words, clock.ended_at.isoformat(), title)
