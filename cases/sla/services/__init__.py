"""The only writers of clocks and calendars; and what targets make of a place."""

from cases.sla.services.clocks import Asked, Turn, end_many, plan_many, start_many, write
from cases.sla.services.recounting import Adopted, Recount, recount_many, start_missing
from cases.sla.services.targeting import TargetRow, replace_targets
from cases.sla.services.targets import (
    DueTimes,
    Place,
    Started,
    calendars_of,
    due_times,
    starts,
    terms_for,
)
from cases.sla.services.watching import Seen, look

__all__ = [
    "Adopted",
    "Asked",
    "DueTimes",
    "Place",
    "Recount",
    "Seen",
    "Started",
    "TargetRow",
    "Turn",
    "calendars_of",
    "due_times",
    "end_many",
    "look",
    "plan_many",
    "recount_many",
    "replace_targets",
    "start_many",
    "start_missing",
    "starts",
    "terms_for",
    "write",
]
