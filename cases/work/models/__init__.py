"""The tables of a case and its queue."""

from cases.work.models.case import Case, Lease
from cases.work.models.checklist import ChecklistItem
from cases.work.models.notes import Note, NoteKind, NoteOutcome, StepMark
from cases.work.models.opencase import OpenCase
from cases.work.models.queue import (
    CountBucket,
    CountDelta,
    Queue,
    QueueCount,
    QueueGroupObjectPermission,
    Take,
)
from cases.work.models.wake import Wake, WakeEvent

__all__ = [
    "Case",
    "ChecklistItem",
    "CountBucket",
    "CountDelta",
    "Lease",
    "Note",
    "NoteKind",
    "NoteOutcome",
    "OpenCase",
    "Queue",
    "QueueCount",
    "QueueGroupObjectPermission",
    "StepMark",
    "Take",
    "Wake",
    "WakeEvent",
]
