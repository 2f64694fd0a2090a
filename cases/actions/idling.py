"""Putting back what lies untouched in somebody's hands, in queues that say so.

A case is touched by any move of it, a note, a ticked step, a file, or what is being typed on it. It
is never put back while somebody is at it, while it waits or sleeps, nor while a call-back that was
noted on it is still to come. Idle hours are open hours of the case's site, as its clocks count.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from billing_portal.access.actor import system_actor
from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.bases import ClockTimestamp
from cases.actions import moving
from cases.collaboration.models import Draft
from cases.evidence.models import Attachment
from cases.notices.services import Message, notify_many
from cases.notices.vocabulary import MessageKind
from cases.sla.business_time import BusinessCalendar, open_time_before
from cases.sla.services import calendars_of
from cases.work.lifecycle import Verb
from cases.work.models import Case, Lease, Note, Queue, StepMark
from cases.work.querysets import CaseQuerySet
from cases.work.services import Wanted
from cases.work.sets import any_id
from integrations.canonical.models import Facility

IDLE = "idle"
LIMIT = 500
WHY = "The case was yours; this queue puts back what nobody touches."


def release_idle(*, at: datetime) -> int:
    """Put back every case that is idle at a moment; returns how many."""
    queues = list(Queue.objects.filter(releases_idle=True).order_by("pk"))
    shared = _calendars() if queues else []
    return sum(
        _put_back(queue, facilities, since=_since(queue, calendar, at=at), at=at)
        for queue in queues
        for calendar, facilities in shared
    )


def _since(queue: Queue, calendar: BusinessCalendar, *, at: datetime) -> datetime:
    """What was not touched since then is idle."""
    return open_time_before(calendar, at, timedelta(hours=queue.idle_hours or 0))


def _calendars() -> list[tuple[BusinessCalendar, list[int]]]:
    """Each calendar with the facilities that share it."""
    shared: dict[int, list[int]] = defaultdict(list)
    calendars = calendars_of(list(Facility.objects.order_by("pk").values_list("pk", flat=True)))
    for facility_id, calendar in calendars.items():
        shared[id(calendar)].append(facility_id)
    return [(calendars[facilities[0]], facilities) for facilities in shared.values()]


@transaction.atomic
def _put_back(queue: Queue, facilities: Collection[int], *, since: datetime, at: datetime) -> int:
    """The idle cases of one queue at some sites. Locks them; skips what others hold.

    Once they are locked it is asked again: their owner may just have acted.
    """
    idle = untouched(
        Case.objects.filter(queue=queue, facility=any_id(facilities)), since=since, at=at
    )
    found = list(idle.order_by("pk").values_list("pk", flat=True)[:LIMIT])
    free = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=any_id(found))
    locked = list(free.order_by("pk").values_list("pk", flat=True))
    owners = dict(idle.filter(pk=any_id(locked)).order_by("pk").values_list("pk", "owner"))
    if not owners:
        return 0
    hours = f"{queue.idle_hours} business hour{'' if queue.idle_hours == 1 else 's'}"
    reason = f"Nobody touched it for {hours}, so it is free for others."
    moved = moving.move_many(
        wanted=[Wanted(pk, reason) for pk in owners],
        verb=Verb.RELEASE,
        by=system_actor(IDLE),
        at=at,
    )
    notify_many(drafts=[_message(case, owners[case.pk], queue, hours) for case in moved])
    return len(moved)


def untouched(cases: CaseQuerySet, *, since: datetime, at: datetime) -> CaseQuerySet:
    """Of these cases, those in somebody's hands that nobody touched since a moment."""
    of_case = {"case": OuterRef("pk")}
    return cases.quiet_since(since).exclude(
        Exists(StepMark.objects.filter(**of_case, marked_at__gte=since))
        | Exists(Attachment.objects.filter(**of_case, attached_at__gte=since))
        | Exists(Draft.objects.filter(**of_case, saved_at__gte=since))
        | Exists(Lease.objects.filter(**of_case, until__gt=ClockTimestamp()))
        | Exists(Note.objects.filter(**of_case, call_back_on__gte=house_day(at)))
    )


def _message(case: Case, owner_id: int, queue: Queue, hours: str) -> Message:
    return Message(
        user_id=owner_id,
        kind=MessageKind.ASSIGNED,
        key=f"idle:{case.pk}:{case.version}",
        text=f"{case} went back to {queue}: nobody touched it for {hours}.",
        why=WHY,
        case_id=case.pk,
    )
