"""Letting somebody else decide for one for some days, and taking that back."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from billing_portal.access.duties import READS_ONLY
from billing_portal.access.grants import may
from billing_portal.access.roles import ARRANGE_DELEGATIONS
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.approvals.eligibility import human_of
from cases.approvals.models import Delegation
from cases.approvals.saying import Scope
from cases.approvals.services.changing import require_reason

CHAIN = "config:delegation"
LONGEST = timedelta(days=92)


class MayNotDelegate(DomainError):
    """This person may not do this with these people's voices (HTTP 403)."""

    code = "may_not_delegate"


class DelegationRefused(DomainError):
    """A delegation is dated, for people of two who decide, and not in the past."""

    code = "delegation_refused"


@transaction.atomic
def give(
    *, giver: User, taker: User, scope: Scope, by: User, reason: str, at: datetime
) -> Delegation:
    """Let `taker` decide for `giver`: done by the giver, or by whoever arranges for the absent.

    Raises ReasonMissing, MayNotDelegate, DelegationRefused.
    """
    require_reason(reason)
    _require_hand(giver, by=by)
    if human_of(by) == human_of(taker):
        message = "Nobody gives themselves another’s voice."
        raise MayNotDelegate(message)
    _require_people(giver, taker)
    _require_days(giver, scope, at=at)
    made = Delegation(
        giver=giver,
        taker=taker,
        matters=sorted(scope.matters),
        max_amount=scope.max_amount,
        starts_on=scope.starts_on,
        ends_on=scope.ends_on,
        reason=reason.strip(),
    )
    save_because(made, by=by, reason=made.reason)
    _record(made, "given", by=by, reason=made.reason)
    return made


@transaction.atomic
def revoke(
    *, delegation: Delegation, by: User, reason: str, at: datetime, seen_version: int
) -> Delegation:
    """End a delegation at once: by the giver, the taker, or whoever arranges. Locks it.

    Raises ReasonMissing, MayNotDelegate, DelegationRefused.
    """
    require_reason(reason)
    locked = Delegation.objects.select_for_update().get(pk=delegation.pk)
    if by.pk != locked.taker_id:
        _require_hand(locked.giver, by=by)
    if locked.revoked_at is not None or locked.version != seen_version:
        message = "The delegation was ended or changed meanwhile."
        raise DelegationRefused(message)
    locked.revoked_at, locked.version = at, locked.version + 1
    save_because(locked, by=by, reason=reason.strip(), fields=["revoked_at", "version"])
    _record(locked, "revoked", by=by, reason=reason.strip())
    return locked


def _require_hand(giver: User, *, by: User) -> None:
    if by.pk != giver.pk and not may(by, ARRANGE_DELEGATIONS):
        message = f"Only {giver}, or a manager, lets somebody decide for {giver}."
        raise MayNotDelegate(message)


def _require_people(giver: User, taker: User) -> None:
    if human_of(giver) == human_of(taker):
        message = "One stands in for somebody else, not for oneself."
        raise DelegationRefused(message)
    for person in (giver, taker):
        if not (person.is_active and person.is_person) or READS_ONLY in person.role_names:
            message = f"{person} decides nothing, so cannot give or take a voice."
            raise DelegationRefused(message)


def _require_days(giver: User, scope: Scope, *, at: datetime) -> None:
    today = at.astimezone(ZoneInfo(giver.time_zone)).date()
    if scope.ends_on < max(today, scope.starts_on) or scope.ends_on - scope.starts_on >= LONGEST:
        message = f"A delegation ends today or later, and lasts {LONGEST.days} days at most."
        raise DelegationRefused(message)


def _record(delegation: Delegation, verb: str, *, by: User, reason: str) -> None:
    audit.record(
        chain=CHAIN,
        verb=f"delegation.{verb}",
        subject=f"delegation:{delegation.pk}",
        by=by,
        reason=reason,
        giver=delegation.giver_id,
        taker=delegation.taker_id,
        matters=delegation.matters,
        max_amount=delegation.max_amount,
        starts_on=delegation.starts_on,
        ends_on=delegation.ends_on,
    )
