"""Asking for approval and deciding on it; the case waits meanwhile.

Every verb takes what the caller saw (`seen_version`, and for a decision the digest), says who, why
and when, and returns the request as it is then. Doors fetch requests through
`ApprovalRequest.objects.visible_to(user)`; all raise RequestNotFound, StaleVersion and
ApprovalRefused. What was granted is carried out in the transaction of the last approval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.transactions import joining
from cases.actions import moving, posting, prompting
from cases.approvals import services
from cases.approvals.asking import Ask
from cases.approvals.eligibility import eligible
from cases.approvals.models import ApprovalRequest
from cases.approvals.sealing import resealed, standing_of, unsealed
from cases.approvals.services import ApprovalRefused, Verdict
from cases.approvals.vocabulary import MAKERS, MONEYLESS, Act, RequestState
from cases.effects.kinds import EFFECTS, Decided
from cases.work.lifecycle import Verb
from cases.work.models import Case

ACTOR = "approvals"
MOST_AT_ONCE = 100


@transaction.atomic
def request(
    *, case: Case, ask: Ask, by: User, reason: str, at: datetime, seen_version: int
) -> ApprovalRequest:
    """Ask for approval of something about a case that one works; the case waits for it.

    Those who may decide are told; if nobody may, those above. `seen_version` is the case's. Also
    raises CaseNotFound, MayNotWork, MoveRefused, ReasonMissing, NoPolicy.
    """
    _require_person(by)
    moved = _wait(case, by=by, reason=reason, at=at, seen_version=seen_version)
    made = services.ask(case=moved, ask=ask, by=by, reason=reason, at=at)
    return prompting.prompt(made, at=at)


@transaction.atomic
def request_unseen(*, case: Case, ask: Ask, by: User, reason: str, at: datetime) -> ApprovalRequest:
    """The same about a case that was opened for who asks, who need not see it.

    Also raises MoveRefused, ReasonMissing, NoPolicy.
    """
    _require_person(by)
    moved = _wait(case, by=system_actor(ACTOR), reason=reason, at=at, seen_version=None)
    made = services.ask(case=moved, ask=ask, by=by, reason=reason, at=at)
    return prompting.prompt(made, at=at)


@transaction.atomic
def answer(
    *, approval: ApprovalRequest, ask: Ask, by: User, reason: str, at: datetime, seen_version: int
) -> ApprovalRequest:
    """Ask again for what was returned for information; the chain begins anew, sealed anew.

    Also raises CaseNotFound, MayNotWork, MoveRefused, ReasonMissing, NoPolicy.
    """
    _require_person(by)
    locked = services.lock(approval, by=by)
    version = locked.case.version
    locked.case = _wait(locked.case, by=by, reason=reason, at=at, seen_version=version)
    asked = services.ask_again(
        approval=locked, ask=ask, by=by, reason=reason, at=at, seen_version=seen_version
    )
    return prompting.prompt(asked, at=at)


@joining
def decide(
    *, approval: ApprovalRequest, verdict: Verdict, by: User, at: datetime
) -> ApprovalRequest:
    """Approve, reject or return for information, for oneself or for whoever delegated to one.

    Also raises ReasonMissing, StaleSeal, MayNotDecide; and, at the last approval, PostingRefused.
    """
    decided = services.decide(approval=approval, verdict=verdict, by=by, at=at)
    if decided.state == RequestState.APPROVED:
        _grant(decided, at=at)
    elif decided.state != RequestState.PENDING:
        _lead_back(decided, at=at)
    if decided.state != RequestState.PENDING:
        prompting.tell_requester(decided, by=by)
    return decided


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it was shown in a list."""

    approval: ApprovalRequest
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of many: the request as it is, or why nothing was decided."""

    approval: ApprovalRequest
    refusal: DomainError | None = None


def decide_many(*, seen: Sequence[Seen], reason: str, by: User, at: datetime) -> list[Outcome]:
    """Approve many requests of one policy for one reason, each checked by itself.

    A request above the policy's bulk amount is refused, like any other that cannot be approved by
    itself; the others are approved. Raises ApprovalRefused for too many, or of several policies.
    """
    if len(seen) > MOST_AT_ONCE:
        message = f"At most {MOST_AT_ONCE} requests are approved at once."
        raise ApprovalRefused(message)
    if len({each.approval.policy_version_id for each in seen}) > 1:
        message = "Requests are approved together only under one policy."
        raise ApprovalRefused(message)
    return [_one_of_many(each, reason=reason, by=by, at=at) for each in seen]


@transaction.atomic
def withdraw(
    *, approval: ApprovalRequest, by: User, reason: str, at: datetime, seen_version: int
) -> ApprovalRequest:
    """Take back what one asked for; work on the case goes on. Also raises ReasonMissing."""
    locked = services.lock(approval, by=by)
    was = locked.state
    done = services.withdraw(
        approval=locked, by=by, reason=reason, at=at, seen_version=seen_version
    )
    if was == RequestState.PENDING:
        _lead_back(done, at=at)
    return done


@transaction.atomic
def forward(
    *,
    approval: ApprovalRequest,
    to: User,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> ApprovalRequest:
    """Ask one of those who may decide to do so; nobody gets a right by it.

    By somebody who may decide themselves. Also raises ReasonMissing.
    """
    locked = services.lock(approval, by=by)
    may = {each.person_id for each in eligible(locked, at=at)}
    if by.pk not in may or to.pk not in may or to.pk == by.pk:
        message = "A request is forwarded by one who may decide it to another who may."
        raise ApprovalRefused(message)
    done = services.forward(approval=locked, to=to, by=by, reason=reason, seen_version=seen_version)
    prompting.tell_forwarded(done, by=by)
    return done


def _one_of_many(seen: Seen, *, reason: str, by: User, at: datetime) -> Outcome:
    terms = seen.approval.policy_version.terms
    try:
        if not terms.allows_bulk(seen.approval.tier_amount):
            message = f"{seen.approval} is decided on its own page: its policy allows no bulk."
            raise ApprovalRefused(message)
        verdict = Verdict(Act.APPROVE, reason, seen.version, seen.digest)
        with transaction.atomic():
            decided = decide(approval=seen.approval, verdict=verdict, by=by, at=at)
    except DomainError as refusal:
        return Outcome(seen.approval, refusal)
    return Outcome(decided)


def _require_person(by: User) -> None:
    if not by.is_person:
        message = "People ask for approval; systems and services do not."
        raise ApprovalRefused(message)


def _wait(case: Case, *, by: User, reason: str, at: datetime, seen_version: int | None) -> Case:
    return moving.move(
        case=case,
        verb=Verb.REQUEST_APPROVAL,
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
    )


def _grant(approval: ApprovalRequest, *, at: datetime) -> None:
    """Carry out what was granted, which ends the case, unless its kind says that work goes on.

    What moves no money and nothing carries out ends nothing. Raises NotInstalled for a matter of
    money that nothing carries out.
    """
    if approval.matter in MONEYLESS and approval.matter not in EFFECTS:
        _lead_back(approval, at=at)
        return
    by, kind = system_actor(ACTOR), EFFECTS.get(approval.matter)
    posting.carry_out(
        case=approval.case,
        decided=decided_of(approval, at=at),
        digest=approval.digest,
        found=partial(digest_now, approval),
        by=by,
        at=at,
    )
    if kind.disposition is None:
        _lead_back(approval, at=at)
    else:
        approval.case = moving.move(
            case=approval.case,
            verb=kind.verb,
            by=by,
            reason=f"{approval} was approved",
            at=at,
            seen_version=None,
            disposition=kind.disposition,
        )


def digest_now(approval: ApprovalRequest, case: Case) -> str:
    """The digest of what was asked for, with the case as it stands."""
    return resealed(approval.sealed, standing_of(case))


def decided_of(approval: ApprovalRequest, *, at: datetime) -> Decided:
    """What was granted, as whoever carries it out reads it."""
    sealed = unsealed(approval.sealed)
    acts = list(approval.acts.all())
    approved = [a for a in acts if a.act == Act.APPROVE and a.cycle == approval.cycle]
    return Decided(
        case=approval.case,
        matter=sealed.matter.value,
        amount=sealed.amount,
        currency=sealed.currency,
        payee=sealed.payee,
        request_reference=approval.reference,
        decided_at=at,
        facts=sealed.facts,
        preparers={act.person_id for act in acts if act.act in MAKERS},
        approvers={act.person_id for act in approved}
        | {act.for_person_id for act in approved if act.for_person_id is not None},
    )


def _lead_back(approval: ApprovalRequest, *, at: datetime) -> None:
    """Let work on the case go on."""
    approval.case = moving.move(
        case=approval.case,
        verb=Verb.DECIDED,
        by=system_actor(ACTOR),
        reason=f"{approval}: {approval.get_state_display().lower()}",
        at=at,
        seen_version=None,
    )
