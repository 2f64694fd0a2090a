"""Telling people in time: the owner of a case whose time runs out, then the leads of its queue.

A lead is told of a queue's cases together, once per look, not of each by itself. What is told
outside the hours of the case's site counts from its next opening; only law keeps its own time.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format

from cases.notices.models import MessageKind
from cases.notices.services import Message, notify_many
from cases.sla.business_time import next_open
from cases.sla.services import Seen, calendars_of, look
from cases.sla.vocabulary import Clock, WatchStep
from cases.work.models import Queue
from cases.work.visibility import leads_of

BATCHES = 20
LEADS_HEAR = frozenset({WatchStep.MOST, WatchStep.ALL, WatchStep.CAP})
TIMES = {Clock.FIRST_TOUCH: "its first touch", Clock.RESOLVE: "resolving it"}
GONE = {
    WatchStep.HALF: "has used half of its time for {time}",
    WatchStep.MOST: "has used 80 % of its time for {time}",
    WatchStep.ALL: "is past its time for {time}",
    WatchStep.CAP: "was {reason} for as long as its target allows; its clock goes on",
}
TOGETHER = {
    WatchStep.MOST: "{cases} of {queue} used 80 % of the time they have.",
    WatchStep.ALL: "{cases} of {queue} passed the time they have.",
    WatchStep.CAP: "{cases} of {queue} waited for as long as their targets allow.",
}


def watch(*, at: datetime) -> int:
    """Look at every clock whose moment has come; returns at how many cases."""
    total = 0
    for _ in range(BATCHES):
        looked = watch_some(at=at)
        total += looked
        if not looked:
            break
    return total


@transaction.atomic
def watch_some(*, at: datetime) -> int:
    """One batch: the clocks and what is told of them, in one transaction."""
    looked, seen = look(at=at)
    if seen:
        notify_many(drafts=_messages(seen, at=at))
    return looked


def _messages(seen: Sequence[Seen], *, at: datetime) -> Iterator[Message]:
    calendars = calendars_of({each.case.facility_id for each in seen})
    opens = {pk: next_open(calendar, at) for pk, calendar in calendars.items()}
    queues = Queue.objects.in_bulk({each.case.queue_id for each in seen})
    for each in seen:
        if each.case.owner_id is not None:
            yield _to_owner(each, each.case.owner_id, opens)
    yield from _to_leads([each for each in seen if each.step in LEADS_HEAR], queues, opens)


def _to_owner(seen: Seen, owner_id: int, opens: Mapping[int, datetime]) -> Message:
    return Message(
        user_id=owner_id,
        kind=_kind(seen.step),
        key=key_of(seen),
        text=f"{seen.case} {words_of(seen)}.",
        why="You own this case.",
        case_id=seen.case.pk,
        instant=seen.step is WatchStep.ALL,
        not_before=opens[seen.case.facility_id],
    )


def _to_leads(
    seen: Sequence[Seen], queues: Mapping[int, Queue], opens: Mapping[int, datetime]
) -> Iterator[Message]:
    heard: dict[tuple[int, int, WatchStep], list[Seen]] = defaultdict(list)
    leads = leads_of(queue_ids={each.case.queue_id for each in seen})
    for each in seen:
        for lead in leads.get(each.case.queue_id, ()):
            if each.case.facility_id in lead.facilities and lead.user_id != each.case.owner_id:
                heard[lead.user_id, each.case.queue_id, each.step].append(each)
    for (user_id, queue_id, step), told in heard.items():
        yield _to_lead(user_id, queues[queue_id], step, told, opens)


def _to_lead(
    user_id: int, queue: Queue, step: WatchStep, told: Sequence[Seen], opens: Mapping[int, datetime]
) -> Message:
    number = len({each.case.pk for each in told})
    first, is_one = told[-1], number == 1
    text = TOGETHER[step].format(cases=f"{number:,} cases", queue=queue)
    return Message(
        user_id=user_id,
        kind=_kind(step),
        key=f"lead:{key_of(first)}",
        text=f"{first.case} {words_of(first)}." if is_one else text,
        why=f"You lead {queue}.",
        case_id=first.case.pk if is_one else None,
        url_name="" if is_one else "cases:queue",
        url_args=() if is_one else (queue.key,),
        instant=step is WatchStep.ALL,
        not_before=min(opens[each.case.facility_id] for each in told),
    )


def _kind(step: WatchStep) -> MessageKind:
    return MessageKind.BREACH if step is WatchStep.ALL else MessageKind.WARNING


def key_of(seen: Seen) -> str:
    """What makes it told once: this step of this clock."""
    clock = f"clock:{seen.case.pk}:{seen.clock}:{seen.run}"
    return f"{clock}:{seen.step.value}:{seen.due_at:%Y%m%d%H%M}"


def words_of(seen: Seen) -> str:
    """What has come of a clock, and by when it is due, on the clocks of its site."""
    due = date_format(seen.due_at.astimezone(ZoneInfo(seen.zone)), "D M j, H:i")
    reason = seen.waited_for.label if seen.waited_for else ""
    words = GONE[seen.step].format(time=TIMES[seen.clock], reason=reason)
    return f"{words}: due {due} ({seen.zone})"
