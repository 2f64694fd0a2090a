"""The only writers of a case, its lease, its notes and its counts."""

from cases.work.services.counting import fold_counts
from cases.work.services.inserting import NewCase, insert_many
from cases.work.services.leasing import (
    drop_lease,
    lease_length,
    release_leases,
    renew_lease,
)
from cases.work.services.moving import (
    ReasonMissing,
    StaleVersion,
    Wanted,
    move,
    move_many,
    require_version,
)
from cases.work.services.noting import (
    CallRefused,
    StepUnknown,
    TextMissing,
    mark_step,
    note,
    note_many,
)
from cases.work.services.waking import wake_on

__all__ = [
    "CallRefused",
    "NewCase",
    "ReasonMissing",
    "StaleVersion",
    "StepUnknown",
    "TextMissing",
    "Wanted",
    "drop_lease",
    "fold_counts",
    "insert_many",
    "lease_length",
    "mark_step",
    "move",
    "move_many",
    "note",
    "note_many",
    "release_leases",
    "renew_lease",
    "require_version",
    "wake_on",
]
