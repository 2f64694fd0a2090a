"""Bringing back what slept."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from billing_portal.access.actor import system_actor
from cases.actions import moving
from cases.actions.awaiting import awake
from cases.work.lifecycle import Verb
from cases.work.models import Case
from cases.work.services import Wanted

TICKLER = "tickler"


def return_deferred(*, at: datetime, limit: int = 1_000) -> int:
    """Bring back cases whose date, deadline or event has come; returns how many."""
    return sum(_bring_back(cases, why, at=at, limit=limit) for why, cases in awake(at=at))


@transaction.atomic
def _bring_back(cases: QuerySet[Case], why: str, *, at: datetime, limit: int) -> int:
    """Those that come back for one reason. Skips what others hold."""
    free = cases.select_for_update(skip_locked=True, of=("self",))
    wanted = [Wanted(pk, why) for pk in free.values_list("pk", flat=True)[:limit]]
    if wanted:
        moving.move_many(wanted=wanted, verb=Verb.RETURN, by=system_actor(TICKLER), at=at)
    return len(wanted)
