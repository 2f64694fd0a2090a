"""The verbs of small balances: collect them by night, look at the sample, ask for a signature.

A person's verbs take what the caller saw, say who, why and when. They raise CaseNotFound,
MayNotWork, ReasonMissing, StaleVersion and BatchRefused; then nothing is changed.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from cases.actions import approving, moving
from cases.actions.opening import DETECTION, open_many
from cases.approvals.asking import Ask
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Act, Matter
from cases.types.small_balance import queries, services
from cases.types.small_balance.detect import finding_of, key_of
from cases.types.small_balance.models import SampleLook, SmallBalanceRule
from cases.types.small_balance.services import BatchRefused
from cases.types.small_balance.vocabulary import Outcome
from cases.work.lifecycle import Disposition, Verb
from cases.work.models import Case
from integrations.canonical.locks import lock
from integrations.canonical.models import Facility

LARGEST = 500
"""Balances in a batch; what is beyond waits for the next day."""


def collect(*, at: datetime) -> list[Case]:
    """Collect what is small and lies still, once a day, site and currency. Safe to repeat.

    The day is the site's. Each batch is a case, its sample drawn.
    """
    days = [(site, at.astimezone(ZoneInfo(site.time_zone)).date()) for site in queries.sites()]
    found = [_collect(rule, site, at=at) for site, on in days for rule in queries.rules_on(on)]
    return [case for case in found if case is not None]


@transaction.atomic
def _collect(rule: SmallBalanceRule, site: Facility, *, at: datetime) -> Case | None:
    """One batch; None: there is nothing, or it was collected today.

    Locks its accounts. One that somebody writes just now waits for the next day and stops nothing.
    """
    on = at.astimezone(ZoneInfo(site.time_zone)).date()
    key = key_of(rule, site, on=on)
    lock(key)
    if Case.objects.filter(key=key).exists():
        return None
    held = queries.waiting(rule, site, on=on).select_for_update(skip_locked=True, of=("self",))
    accounts = list(held[:LARGEST])
    if not accounts:
        return None
    open_many(findings=[finding_of(rule, site, accounts, on=on)], at=at)
    case = Case.objects.get(key=key)
    services.keep(case=case, rule=rule, accounts=accounts, by=system_actor(DETECTION), at=at)
    return case


@transaction.atomic
def look(
    *,
    case: Case,
    position: int,
    outcome: Outcome,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> SampleLook:
    """Say of one sampled balance whether it is right; one that is wrong takes the batch back.

    Also raises MoveRefused.
    """
    made = services.look(
        case=case,
        position=position,
        outcome=outcome,
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
    )
    if outcome is Outcome.WRONG:
        moving.move(
            case=case,
            verb=Verb.RESOLVE,
            by=by,
            reason=f"Balance {position} is wrong: {made.reason}",
            at=at,
            seen_version=seen_version,
            disposition=Disposition.TAKEN_BACK,
        )
    return made


@transaction.atomic
def request(
    *, case: Case, by: User, reason: str, at: datetime, seen_version: int
) -> ApprovalRequest:
    """Ask somebody else to sign the batch, once its whole sample was found right.

    Who looked at it prepared it, and does not sign. Raises what asking for approval raises.
    """
    case, batch = services.locked(case, by=by, reason=reason, seen_version=seen_version)
    left = queries.unseen(batch).count()
    if left:
        raise BatchRefused(f"{left} of the sample are still to be looked at.")
    if queries.moved_on(batch).exists():
        raise BatchRefused("A balance is another by now: take the batch back.")
    ask = Ask(
        matter=Matter.SMALL_BALANCE,
        amount=batch.total,
        currency=case.currency,
        makers={Act.PREPARE: queries.lookers(batch)},
    )
    return approving.request(
        case=case, ask=ask, by=by, reason=reason, at=at, seen_version=seen_version
    )
