"""The tables of a case and its queue."""

from cases.work.models.case import Case, Lease, Note, NoteKind, StepMark
from cases.work.models.queue import (
    CountBucket,
    CountDelta,
    Queue,
    QueueCount,
    QueueGroupObjectPermission,
)

__all__ = [
    "Case",
    "CountBucket",
    "CountDelta",
    "Lease",
    "Note",
    "NoteKind",
    "Queue",
    "QueueCount",
    "QueueGroupObjectPermission",
    "StepMark",
]
