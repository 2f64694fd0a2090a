"""Letting somebody decide for one while one is away; who stands in is told, with what waits."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from billing_portal.accounts.models import User
from cases.approvals.models import Delegation
from cases.approvals.saying import Scope
from cases.approvals.services import delegating as services
from cases.notices.services import Message, notify_many
from cases.notices.vocabulary import MessageKind

MORNING = time(8)
STANDS_IN = "You stand in for a colleague."
REPRESENTED = "You asked a colleague to stand in for you, or a manager did."


@transaction.atomic
def delegate(
    *, giver: User, taker: User, scope: Scope, by: User, reason: str, at: datetime
) -> Delegation:
    """Let `taker` decide for `giver` for some days; what waits for the giver waits for both.

    Raises ReasonMissing, MayNotDelegate, DelegationRefused.
    """
    made = services.give(giver=giver, taker=taker, scope=scope, by=by, reason=reason, at=at)
    days = f"{scope.starts_on:%B %-d} to {scope.ends_on:%B %-d}"
    morning = datetime.combine(scope.starts_on, MORNING, tzinfo=ZoneInfo(taker.time_zone))
    drafts = [
        _message(made, taker.pk, f"You may decide for {giver} from {days}.", STANDS_IN, morning)
    ]
    if by.pk != giver.pk:
        drafts.append(
            _message(made, giver.pk, f"{taker} may decide for you from {days}.", REPRESENTED)
        )
    notify_many(drafts=drafts)
    return made


@transaction.atomic
def revoke(
    *, delegation: Delegation, by: User, reason: str, at: datetime, seen_version: int
) -> Delegation:
    """End a delegation at once. Raises ReasonMissing, MayNotDelegate, DelegationRefused."""
    ended = services.revoke(
        delegation=delegation, by=by, reason=reason, at=at, seen_version=seen_version
    )
    others = {ended.giver_id: REPRESENTED, ended.taker_id: STANDS_IN}
    text = f"{ended.taker} no longer decides for {ended.giver}."
    notify_many(
        drafts=[
            _message(ended, person, text, why) for person, why in others.items() if person != by.pk
        ]
    )
    return ended


def _message(
    delegation: Delegation, person_id: int, text: str, why: str, moment: datetime | None = None
) -> Message:
    return Message(
        user_id=person_id,
        kind=MessageKind.APPROVAL,
        key=f"delegation:{delegation.pk}:{delegation.version}",
        text=text,
        why=why,
        not_before=moment,
    )
