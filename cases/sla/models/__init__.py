"""Calendars, and the targets that are counted in them."""

from cases.sla.models.calendars import Calendar, Holiday
from cases.sla.models.targets import Clock, Target, Unit

__all__ = ["Calendar", "Clock", "Holiday", "Target", "Unit"]
