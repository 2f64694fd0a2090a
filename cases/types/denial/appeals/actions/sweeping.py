"""What happens to appeals by itself: days that come, and remittances that answer."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.kernel.days import house_day
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import moving
from cases.notices.models import MessageKind
from cases.notices.services import Message, notify_many
from cases.types.denial.appeals import queries, services
from cases.types.denial.appeals.answers import Answered, answer
from cases.types.denial.appeals.models import Appeal, FollowUp
from cases.types.denial.appeals.services.following import ESCALATE_AFTER
from cases.types.denial.appeals.terms import Decided
from cases.work.lifecycle import CaseStatus, Verb
from cases.work.models import Case
from cases.work.services import Wanted

BATCH = 200
LOCKED = ("self", "case")  # together, since who decides an appeal locks its case first
WHY = "You own this case."
ASLEEP = frozenset({CaseStatus.APPEAL, CaseStatus.PENDING_PAYER})


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Bring cases back whose payer is to be asked today, and tell their owners; how many."""
    due = services.take_due(today=house_day(at), limit=BATCH)
    _wake({case_of(each): asking(each) for each in due}, at=at)
    services.mark_told(follow_ups=due, by=system_actor(services.SYSTEM), at=at)
    notify_many(drafts=_messages(due))
    return len(due)


@transaction.atomic
def settle(*, at: datetime) -> int:
    """Take the outcome of appeals from later remittances; how many were seen.

    One that pays decides the appeal. Any other is told, once: whether the level is upheld, a
    person says, and so of one that cannot be named as evidence.
    """
    heard = list(queries.heard_of().select_for_update(of=LOCKED, skip_locked=True)[:BATCH])
    waking: dict[Case, str] = {}
    for appeal in heard:
        waking[appeal.case] = _take(appeal, at=at)
    _wake(waking, at=at)
    notify_many(drafts=_news(heard, waking))
    return len(heard)


def case_of(follow_up: FollowUp) -> Case:
    """The case that a follow-up is about."""
    held = follow_up.appeal or follow_up.recourse
    assert held is not None  # the database demands one of the two
    return held.case


def asking(follow_up: FollowUp) -> str:
    """What is to be done now, in a sentence."""
    what = f"the appeal of level {follow_up.appeal.level}" if follow_up.appeal else "what we sent"
    if follow_up.appeal and follow_up.days >= ESCALATE_AFTER:
        return f"{follow_up.days} days without a decision on {what}: ask, and consider to escalate."
    return f"{follow_up.days} days since {what} went out: ask the payer."


def _wake(reasons: dict[Case, str], *, at: datetime) -> None:
    wanted = [Wanted(case.pk, reason) for case, reason in reasons.items() if case.status in ASLEEP]
    if wanted:
        by = system_actor(services.SYSTEM)
        moving.move_many(wanted=wanted, verb=Verb.FOLLOW_UP, by=by, at=at)


def _messages(due: Iterable[FollowUp]) -> Iterator[Message]:
    for each in due:
        case = case_of(each)
        if case.owner_id is not None:
            text = f"{case}: {asking(each)}"
            yield Message(
                case.owner_id, MessageKind.FOLLOW_UP, f"follow_up:{each.pk}", text, WHY, case.pk
            )


def _news(heard: Iterable[Appeal], said: dict[Case, str]) -> Iterator[Message]:
    for appeal in heard:
        case = appeal.case
        if case.owner_id is not None:
            key = f"appeal_heard:{appeal.pk}:{queries.heard_as(case)}"
            text = f"{case}: {said[case]}"
            yield Message(case.owner_id, MessageKind.FOLLOW_UP, key, text, WHY, case.pk)


def _take(appeal: Appeal, *, at: datetime) -> str:
    """Decide an appeal, or tell of it; what refuses one does not hold up the others."""
    found = answer(queries.asked_by(appeal), queries.standing_of(appeal.case))
    if found is None or not queries.newest_trace(appeal.case):
        return _tell(appeal)
    try:
        with transaction.atomic():
            return _decide(appeal, found, at=at)
    except DomainError:
        return _tell(appeal)


def _decide(appeal: Appeal, found: Answered, *, at: datetime) -> str:
    case = appeal.case
    trace = queries.newest_trace(case)
    reason = f"{found.outcome.label} by remittance {trace}"
    by, today = system_actor(services.SYSTEM), house_day(at)
    decided = Decided(found.outcome, today, trace=trace, overturned=found.overturned)
    services.decide(
        appeal=appeal, decided=decided, by=by, reason=reason, today=today, seen_version=None
    )
    services.finish(by=by, at=at, reason="The appeal is decided", appeal=appeal)
    return f"{reason}."


def _tell(appeal: Appeal) -> str:
    services.hear(appeal=appeal, decision=queries.heard_as(appeal.case))
    return "The payer decided again: say what became of the appeal."
