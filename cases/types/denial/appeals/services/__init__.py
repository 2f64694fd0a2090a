"""The only writers of appeals, letters, evidence, packets, submissions and other ways."""

from cases.types.denial.appeals.services.appealing import (
    open_appeal,
    past_of,
    reground,
    require_right,
)
from cases.types.denial.appeals.services.changing import SYSTEM, change, lock
from cases.types.denial.appeals.services.following import (
    finish,
    mark_told,
    plan_for_appeal,
    plan_for_recourse,
    take_due,
)
from cases.types.denial.appeals.services.lettering import (
    add_exhibit,
    draft_letter,
    keep_attestation,
    remove_exhibit,
    write_letter,
)
from cases.types.denial.appeals.services.sending import (
    decide,
    hear,
    keep_packet,
    noted,
    submit,
    withdraw,
)
from cases.types.denial.appeals.services.taking import conclude, hand_over, take

__all__ = [
    "SYSTEM",
    "add_exhibit",
    "change",
    "conclude",
    "decide",
    "draft_letter",
    "finish",
    "hand_over",
    "hear",
    "keep_attestation",
    "keep_packet",
    "lock",
    "mark_told",
    "noted",
    "open_appeal",
    "past_of",
    "plan_for_appeal",
    "plan_for_recourse",
    "reground",
    "remove_exhibit",
    "require_right",
    "submit",
    "take",
    "take_due",
    "withdraw",
    "write_letter",
]
