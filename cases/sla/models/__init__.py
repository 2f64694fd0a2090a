"""Calendars, the targets and time limits counted in them, and the clocks that run by them."""

from cases.sla.models.calendars import Calendar, ClosedFor, Holiday
from cases.sla.models.clocks import ClockEvent, ClockTerms, SlaClock
from cases.sla.models.deadlines import CaseDeadline, DeadlineRule
from cases.sla.models.targets import Target
from cases.sla.vocabulary import Clock, Unit

__all__ = [
    "Calendar",
    "CaseDeadline",
    "Clock",
    "ClockEvent",
    "ClockTerms",
    "ClosedFor",
    "DeadlineRule",
    "Holiday",
    "SlaClock",
    "Target",
    "Unit",
]
