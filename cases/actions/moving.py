"""Moving cases so that their clocks follow: what every verb, sweep and finding calls.

`CLOCKS` says what each verb does to the clocks of its case. The first touch of a person needs no
row of its own: the table of moves knows which verbs touch.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from billing_portal.accounts.models import User
from cases.work import services
from cases.work.lifecycle import Verb
from cases.work.models import Case
from cases.work.services import Wanted


class ClockEffect(StrEnum):
    """What a verb does to the clocks of its case."""

    NONE = "none"
    START = "start"
    RETARGET = "retarget"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RESTORE = "restore"


CLOCKS: dict[Verb, ClockEffect] = {
    Verb.CLAIM: ClockEffect.NONE,
    Verb.ASSIGN: ClockEffect.RESUME,
    Verb.RELEASE: ClockEffect.NONE,
    Verb.TRANSFER: ClockEffect.RETARGET,
    Verb.ROUTE: ClockEffect.RETARGET,
    Verb.DEFER: ClockEffect.PAUSE,
    Verb.RETURN: ClockEffect.RESUME,
    Verb.WAIT_PAYER: ClockEffect.PAUSE,
    Verb.WAIT_INFO: ClockEffect.PAUSE,
    Verb.RESUME: ClockEffect.RESUME,
    Verb.UPDATE: ClockEffect.NONE,
    Verb.RESOLVE: ClockEffect.STOP,
    Verb.CLOSE: ClockEffect.STOP,
    Verb.REOPEN: ClockEffect.START,
    Verb.UNDO: ClockEffect.RESTORE,
}


@transaction.atomic
def move(
    *,
    case: Case,
    verb: Verb,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int | None,
    **changes: Any,
) -> Case:
    """Do one verb to a case; its clocks follow. Raises what `cases.work.services.move` raises."""
    return services.move(
        case=case, verb=verb, by=by, reason=reason, at=at, seen_version=seen_version, **changes
    )


@transaction.atomic
def move_many(*, wanted: Sequence[Wanted], verb: Verb, by: User, at: datetime) -> list[Case]:
    """Do one verb to many cases, all or none; their clocks follow, set-wise."""
    return services.move_many(wanted=wanted, verb=verb, by=by, at=at)
