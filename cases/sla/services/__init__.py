"""The only writers of clocks and calendars; and what targets make of a place."""

from cases.sla.services.clocks import Asked, Turn, end_many, plan_many, start_many, write
from cases.sla.services.recounting import Adopted, Recount, recount_many
from cases.sla.services.targets import (
    DueTimes,
    Place,
    Started,
    calendars_of,
    due_times,
    starts,
    terms_for,
)

__all__ = [
    "Adopted",
    "Asked",
    "DueTimes",
    "Place",
    "Recount",
    "Started",
    "Turn",
    "calendars_of",
    "due_times",
    "end_many",
    "plan_many",
    "recount_many",
    "start_many",
    "starts",
    "terms_for",
    "write",
]
