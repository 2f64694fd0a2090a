"""Who is told when a case moves or somebody writes about it: watchers, its owner, people named.

Told is that something happened and who did it; why and what was written stand on the case, for
those who open it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from billing_portal.accounts.models import User
from cases.approvals.models import ApprovalRequest
from cases.collaboration.mentions import Named
from cases.collaboration.queries import watchers_of
from cases.jobs.models import Job, JobStatus
from cases.notices.services import Message, notify_many
from cases.notices.vocabulary import MessageKind
from cases.work.lifecycle import Verb
from cases.work.models import Case, Note

UNTOLD = frozenset({Verb.UPDATE, Verb.ROUTE, Verb.CLAIM})
"""What machines do by themselves, and who takes a case: too often to tell of."""
WATCHED = "You watch this case."
GIVEN = "The case was given to you."
MANY_GIVEN = "The cases were given to you, or came back to you, at once."
RETURNED = "You deferred the case, or own it."
NAMED = "You were named in a note."
CALL_BACK = "You noted this call-back."
FEW = 10
"""Cases that one person is told of one by one when they come at once."""
LONG_WORK = "You started this, and it took longer than a few seconds."
ASKED_FOR = "You asked for this approval."
LONG = timedelta(seconds=5)
MORNING = time(8)


def of_moves(*, cases: Sequence[Case], verb: Verb, by: User) -> int:
    """Tell the watchers of cases that moved, and whom a case was given or returned to."""
    if verb in UNTOLD:
        return 0
    watchers = watchers_of(cases)
    held = Counter(case.owner_id for case in cases if verb in TO_OWNER)
    at_once = {owner for owner, many in held.items() if owner is not None and many > FEW}
    drafts = [
        message
        for case in cases
        for message in _of_move(case, verb, by, watchers.get(case.pk, ()), at_once)
    ]
    return notify_many(drafts=[*drafts, *_of_many(cases, verb, by, at_once)])


def _of_many(cases: Sequence[Case], verb: Verb, by: User, at_once: set[int]) -> Iterable[Message]:
    """One message to who is given many cases, instead of one for each."""
    if verb not in TO_OWNER:
        return
    for owner_id in at_once - {by.pk}:
        theirs = [case for case in cases if case.owner_id == owner_id]
        key = f"moved:{theirs[0].pk}:{theirs[0].version}:{len(theirs)}"
        text = f"{len(theirs):,} cases: {verb.label.lower()}, by {by}."
        yield Message(owner_id, TO_OWNER[verb][0], key, text, MANY_GIVEN, url_name="cases:mine")


def _of_move(
    case: Case, verb: Verb, by: User, watchers: Iterable[User], at_once: set[int]
) -> Iterable[Message]:
    key, text = f"moved:{case.pk}:{case.version}", f"{case}: {verb.label.lower()}, by {by}."
    told = {by.pk, *at_once & {case.owner_id}}
    if case.owner_id is not None and case.owner_id not in told and verb in TO_OWNER:
        kind, why = TO_OWNER[verb]
        told.add(case.owner_id)
        yield Message(case.owner_id, kind, key, text, why, case_id=case.pk)
    for person in watchers:
        if person.pk not in told:
            yield Message(person.pk, MessageKind.WATCHED, key, text, WATCHED, case_id=case.pk)


TO_OWNER = {
    Verb.ASSIGN: (MessageKind.ASSIGNED, GIVEN),
    Verb.RETURN: (MessageKind.RETURNED, RETURNED),
}


def of_job(job: Job) -> int:
    """Tell who started long work that it has ended, unless they hardly waited or stopped it."""
    assert job.ended_at is not None
    is_quick = job.status == JobStatus.DONE and job.ended_at - job.created_at < LONG
    if is_quick or job.ended_by_id == job.started_by_id:
        return 0
    ended = JobStatus(job.status).label.lower()
    text = f"{job.title}: {ended}, {job.done:,} of {job.total:,}."
    message = Message(
        user_id=job.started_by_id,
        kind=MessageKind.JOB,
        key=f"job:{job.public_id}",
        text=text,
        why=LONG_WORK,
        url_name="cases:job",
        url_args=(str(job.public_id),),
    )
    return notify_many(drafts=[message])


def of_voided(requests: Sequence[ApprovalRequest]) -> int:
    """Tell who asked for approval that what they asked for changed and is void."""
    return notify_many(
        drafts=[
            Message(
                user_id=each.requested_by_id,
                kind=MessageKind.APPROVAL,
                key=f"approval:{each.pk}:{each.cycle}:voided",
                text=f"{each} is void: the case changed. Look at it and ask again.",
                why=ASKED_FOR,
                case_id=each.case_id,
            )
            for each in requests
        ]
    )


def of_note(*, note: Note, case: Case, by: User, named: Named) -> int:
    """Tell the people named in a note, the watchers of its case, and its author of a call-back."""
    key, told = f"note:{note.pk}", {by.pk}
    drafts = []
    for person in named.people:
        if person.pk not in told:
            told.add(person.pk)
            text = f"{case}: {by} named you in a note."
            drafts.append(
                Message(person.pk, MessageKind.MENTION, key, text, NAMED, case_id=case.pk)
            )
    for person in watchers_of([case]).get(case.pk, ()):
        if person.pk not in told:
            text = f"{case}: {by} wrote a note."
            drafts.append(
                Message(person.pk, MessageKind.WATCHED, key, text, WATCHED, case_id=case.pk)
            )
    return notify_many(drafts=[*drafts, *_of_call_back(note, case, by)])


def _of_call_back(note: Note, case: Case, by: User) -> Iterable[Message]:
    if note.call_back_on is not None:
        morning = datetime.combine(note.call_back_on, MORNING, tzinfo=ZoneInfo(by.time_zone))
        yield Message(
            by.pk,
            MessageKind.FOLLOW_UP,
            f"call_back:{note.pk}",
            f"{case}: call the payer back today.",
            CALL_BACK,
            case_id=case.pk,
            not_before=morning,
        )
