"""Merging cases into one, and splitting one in two: the money stays, to the cent.

Who holds which part of which claim is written down for good; what the cases then are, the facts
say, as they will when they are told again. So a replay neither opens a merged case again nor undoes
a split, and new facts for a merged case go to the one that took it in.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from psycopg import sql

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.correlation import current_id
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import moving, opening
from cases.collaboration import services as collaboration
from cases.collaboration.vocabulary import LinkKind
from cases.joining.queries import same_account, shares_of
from cases.joining.services import give
from cases.joining.shares import Share, claim_of, part_key, told
from cases.work.findings import Finding
from cases.work.lifecycle import DEADLINE, Disposition, Verb
from cases.work.models import Case
from cases.work.services import Wanted
from cases.work.sets import any_id
from cases.work.types import CASE_TYPES
from cases.work.visibility import require_verb
from integrations.canonical.models import Claim
from integrations.feed import services as feed
from integrations.feed.models import Record

MOST = 50
ZERO = Decimal("0.00")
CLAIMS = sql.SQL("SELECT id, id FROM unnest(%(claims)s::bigint[]) AS joined (id)")
NOT_AS_TOLD = (
    "The facts come to another amount than the cases say: what they rest on changed since it was"
    " read. Read it again first (manage.py replay)."
)


class JoinRefused(DomainError):
    """These cases cannot be made one, or this one not two."""

    code = "join_refused"


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as the caller saw it."""

    case: Case
    version: int


@dataclass(frozen=True, slots=True)
class Told:
    """A claim that detection is to look at again."""

    claim_id: int
    record: str = Record.CLAIM.value
    correlation_id: str = ""

    @property
    def record_id(self) -> int:
        """The claim itself."""
        return self.claim_id


@transaction.atomic
def merge(
    *, cases: Sequence[Seen], into: Case, by: User, reason: str, at: datetime, seen_version: int
) -> Case:
    """Let cases be one with another of their kind and account; returns that one.

    They end as duplicates; it takes over what is at risk by them, their earliest deadline and their
    facts to come. Locks all in the order of their keys. Raises CaseNotFound, MayNotWork,
    ReasonMissing, StaleVersion, MoveRefused and JoinRefused; then nothing is changed.
    """
    if into.pk in {each.case.pk for each in cases} or not 0 < len(cases) <= MOST:
        message = f"Choose one to {MOST} other cases to merge into {into}."
        raise JoinRefused(message)
    locked = lock([into, *(each.case for each in cases)])
    keeper, merged = locked[into.pk], [locked[each.case.pk] for each in cases]
    for case in locked.values():
        require_verb(by, case, Verb.MERGE)
    ends = {"disposition": Disposition.DUPLICATE}
    wanted = [Wanted(each.case.pk, reason, ends, each.version) for each in cases]
    moving.move_many(wanted=wanted, verb=Verb.MERGE, by=by, at=at)
    _check_alike(keeper, merged)
    _hand_over(keeper, merged, by=by, reason=reason.strip())
    finding = _found(keeper, [case.key for case in locked.values()]).get(keeper.key)
    _check_sum([finding], sum((case.amount_at_risk for case in locked.values()), ZERO))
    assert finding is not None
    facts = opening.facts_of(finding) | _earliest([keeper, *merged])
    return moving.move(
        case=keeper,
        verb=Verb.ABSORB,
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
        **facts,
    )


def _hand_over(keeper: Case, merged: Sequence[Case], *, by: User, reason: str) -> None:
    """Give all that cases hold to the one that stays, and link them to it."""
    shares = shares_of({claim_of(case.key) for case in (keeper, *merged)})
    for case in merged:
        give(
            shares=shares.held_by(case.key),
            giver=case,
            giver_version=case.version + 1,
            holder=keeper.key,
            holder_version=keeper.version + 1,
        )
        collaboration.join(case=case, other=keeper, kind=LinkKind.MERGED, by=by, reason=reason)


@transaction.atomic
def split(
    *,
    case: Case,
    items: Collection[str],
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> Case:
    """Make some parts of a case a case of their own, and return that one.

    It goes where the rules send it and owes a first touch from now on; by when it is to be resolved
    counts from the opening of the first. Locks the case. Raises what `merge` raises, and
    JoinRefused when nothing or everything is chosen.
    """
    held = lock([case])[case.pk]
    require_verb(by, held, Verb.SPLIT)
    check_free([held])
    shares = _chosen(held, items)
    key = part_key(held.key, f"{held.pk}.{held.version}")
    give(
        shares=shares,
        giver=held,
        giver_version=held.version + 1,
        holder=key,
        holder_version=opening.FIRST,
    )
    found = _found(held, [held.key])
    finding, rest = found.get(key), found.get(held.key)
    _check_sum([finding, rest], held.amount_at_risk)
    assert finding is not None
    assert rest is not None
    moving.move(
        case=held,
        verb=Verb.SPLIT,
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
        **opening.facts_of(rest),
    )
    why = f"Split off from {held}: {reason.strip()}"
    made = opening.open_part(
        finding=replace(finding, reason=why), by=by, since=held.opened_at, at=at
    )
    collaboration.join(case=made, other=held, kind=LinkKind.SPLIT, by=by, reason=why)
    return made


def lock(cases: Sequence[Case]) -> dict[int, Case]:
    """Lock cases in the order of their keys."""
    rows = Case.objects.select_for_update(of=("self",)).filter(pk=any_id(c.pk for c in cases))
    return {case.pk: case for case in rows.order_by("pk").select_related("claim")}


def _check_alike(keeper: Case, merged: Sequence[Case]) -> None:
    """Of one kind, currency and account, and nothing under way that rests on one of them."""
    is_one_kind = {(case.case_type, case.currency) for case in merged} == {
        (keeper.case_type, keeper.currency)
    }
    claims = {case.claim_id or 0 for case in merged}
    is_one_account = keeper.claim is not None and Claim.objects.filter(
        same_account(keeper.claim), pk__in=claims
    ).count() == len(claims)
    if not (is_one_kind and is_one_account):
        message = "Only cases of one kind, one currency and one patient’s account become one."
        raise JoinRefused(message)
    check_free([keeper, *merged])


def check_free(cases: Sequence[Case]) -> None:
    """Raises JoinRefused when an appeal or another way rests on one of these cases of a kind."""
    engaged = CASE_TYPES.get(cases[0].case_type).engaged([case.pk for case in cases])
    for case in cases:
        if case.pk in engaged:
            message = f"{case}: {engaged[case.pk]}. It stays as it is until that has ended."
            raise JoinRefused(message)


def _chosen(case: Case, items: Collection[str]) -> list[Share]:
    """The chosen parts, if they are some of the case's own and not all."""
    offered = {item.key: item for item in CASE_TYPES.get(case.case_type).items(case.key)}
    chosen = set(items)
    if not chosen or not chosen <= set(offered):
        message = "Choose which of the case’s own parts become a case of their own."
        raise JoinRefused(message)
    left = [item for key, item in offered.items() if key not in chosen]
    taken = [item for key, item in offered.items() if key in chosen]
    for parts in (taken, left):
        if sum((item.amount for item in parts), ZERO) <= ZERO:
            message = "Something at risk goes and something stays: choose some parts, not all."
            raise JoinRefused(message)
    return told(chosen)


def tell(keys: Collection[str]) -> list[int]:
    """Let detection look at the claims of these keys once more, whatever it has read meanwhile."""
    claims = sorted({claim_of(key) for key in keys})
    correlation_id = current_id()
    feed.append(record=Record.CLAIM, query=CLAIMS, correlation_id=correlation_id, claims=claims)
    return claims


def _found(case: Case, keys: Collection[str]) -> Mapping[str, Finding]:
    """What the facts say now of the cases of a kind that hold these keys' claims."""
    claims = tell(keys)
    findings = CASE_TYPES.get(case.case_type).detect([Told(claim) for claim in claims])
    return {finding.key: finding for finding in findings}


def _check_sum(found: Sequence[Finding | None], amount: Decimal) -> None:
    """All stand, and come to what the cases came to before."""
    standing = [each for each in found if each is not None and each.disposition is None]
    if len(standing) < len(found) or sum((each.amount for each in standing), ZERO) != amount:
        raise JoinRefused(NOT_AS_TOLD)


def _earliest(cases: Sequence[Case]) -> dict[str, Any]:
    """The deadline of one of the cases that comes first, if any has one."""
    limited = [case for case in cases if case.deadline_on is not None]
    if not limited:
        return {}
    first = min(limited, key=lambda case: (case.deadline_on, case.deadline_at))
    return {name: getattr(first, name) for name in DEADLINE}
