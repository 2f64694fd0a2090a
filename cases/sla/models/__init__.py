"""Calendars, and the targets and time limits that are counted in them."""

from cases.sla.models.calendars import Calendar, Holiday
from cases.sla.models.deadlines import CaseDeadline, DeadlineRule
from cases.sla.models.targets import Clock, Target, Unit

__all__ = ["Calendar", "CaseDeadline", "Clock", "DeadlineRule", "Holiday", "Target", "Unit"]
