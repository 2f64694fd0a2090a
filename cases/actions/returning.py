"""Bringing back what slept."""

from datetime import datetime

from django.db import transaction

from billing_portal.access.actor import system_actor
from cases.actions import moving
from cases.work.lifecycle import Verb
from cases.work.models import Case
from cases.work.services import Wanted

TICKLER = "tickler"
REASON = "The date it was deferred to has come."


@transaction.atomic
def return_deferred(*, at: datetime, limit: int = 1_000) -> int:
    """Bring back cases whose deferral is over; returns how many. Skips what others hold."""
    back = Case.objects.back_by(at).select_for_update(skip_locked=True, of=("self",))
    wanted = [Wanted(pk, REASON) for pk in back.values_list("pk", flat=True)[:limit]]
    if wanted:
        moving.move_many(wanted=wanted, verb=Verb.RETURN, by=system_actor(TICKLER), at=at)
    return len(wanted)
