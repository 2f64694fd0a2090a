"""Asking for approval: choosing the policy, sealing what is asked for, naming who made it."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.transactions import joining
from cases.approvals.asking import Ask
from cases.approvals.choosing import Question, Rule, choose
from cases.approvals.eligibility import human_of
from cases.approvals.models import ApprovalAct, ApprovalRequest, Policy
from cases.approvals.sealing import Sealed, canonical, digest, standing_of
from cases.approvals.services.changing import (
    ApprovalRefused,
    change,
    event,
    require_reason,
    require_state,
    require_version,
)
from cases.approvals.terms import Terms
from cases.approvals.vocabulary import MAKERS, Act, RequestState, Told
from cases.work.models import Case
from integrations.canonical.locks import lock as lock_name

LINKED_FOR = timedelta(days=30)
LINKED = sorted({RequestState.PENDING, RequestState.RETURNED, RequestState.APPROVED})


@joining
def ask(*, case: Case, ask: Ask, by: User, reason: str, at: datetime) -> ApprovalRequest:
    """Ask for approval of something about a locked case; the first step begins to wait.

    The policy is chosen by the sum with what the same human asked for in the last thirty days for
    the same account or payee. Raises ReasonMissing, ApprovalRefused, NoPolicy.
    """
    require_reason(reason)
    made = ApprovalRequest(
        reference=_reference(),
        case=case,
        matter=ask.matter,
        requested_by=by,
        requested_at=at,
        **_columns(case, ask, by=by, reason=reason, at=at),
    )
    save_because(made, by=by, reason=made.reason)
    _name_makers(made, ask, by=by, at=at)
    audit.record_many([event(made, "asked", reason=made.reason, linked=made.linked)], by=by)
    return made


@joining
def ask_again(
    *, approval: ApprovalRequest, ask: Ask, by: User, reason: str, at: datetime, seen_version: int
) -> ApprovalRequest:
    """Ask again for what was returned, sealed anew; its chain begins anew.

    The caller has locked it. Raises ReasonMissing, StaleVersion, ApprovalRefused, NoPolicy.
    """
    require_reason(reason)
    require_version(approval, seen_version)
    require_state(approval, RequestState.RETURNED)
    if ask.matter != approval.matter:
        message = "Another matter is another request: withdraw this one first."
        raise ApprovalRefused(message)
    columns = _columns(approval.case, ask, by=by, reason=reason, at=at, but=approval)
    columns |= {"cycle": approval.cycle + 1, "state": RequestState.PENDING, "verdict": ""}
    change(approval, columns, verb="asked_again", by=by, reason=reason.strip())
    _name_makers(approval, ask, by=by, at=at)
    return approval


def earlier(
    *, ask: Ask, people: Collection[User], at: datetime, but: ApprovalRequest | None = None
) -> list[ApprovalRequest]:
    """What these humans asked for lately for the same accounts or payee, by any account."""
    if not ask.links:
        return []
    same = Q(requested_by__in=people)
    for number in {each.staff_number.strip() for each in people} - {""}:
        same |= Q(requested_by__staff_number__iexact=number)
    return list(
        ApprovalRequest.objects.filter(
            same,
            state__in=LINKED,
            currency=ask.currency,
            requested_at__gt=at - LINKED_FOR,
            links__overlap=ask.links,
        )
        .exclude(pk=but.pk if but else 0)
        .only("reference", "amount")
        .order_by("pk")
    )


def begin_step(terms: Terms, *, number: int, at: datetime) -> dict[str, Any]:
    """The columns of a request whose step begins to wait: who is to be told is not known yet."""
    return {
        "step": number,
        "seats": list(terms.steps[number].seats),
        "step_since": at,
        "is_escalated": False,
        "told": Told.NOBODY,
        "tell_at": at,
        "due_at": None,
        "forwarded_to": None,
    }


def _columns(
    case: Case,
    ask: Ask,
    *,
    by: User,
    reason: str,
    at: datetime,
    but: ApprovalRequest | None = None,
) -> dict[str, Any]:
    """What is asked for, as a request's columns. One request at a time of the same human.

    Who answers for a colleague counts with them, so that what one splits nobody else passes on.
    """
    people = {by, but.requested_by} if but else {by}
    for human in sorted(map(human_of, people)):
        lock_name(f"approvals:{human}")
    linked = earlier(ask=ask, people=people, at=at, but=but)
    tier = ask.amount + sum((each.amount for each in linked), Decimal(0))
    rule = choose(_rules(ask), _question(case, ask, tier))
    text = canonical(_seal(case, ask, rule))
    return {
        "amount": ask.amount,
        "currency": ask.currency,
        "tier_amount": tier,
        "links": ask.links,
        "linked": [each.reference for each in linked],
        "sealed": text,
        "digest": digest(text),
        "policy_version_id": rule.version_id,
        "reason": reason.strip(),
        **begin_step(rule.terms, number=0, at=at),
    }


def _rules(ask: Ask) -> Iterator[Rule]:
    for policy in Policy.objects.in_force(ask.matter):
        assert policy.current is not None
        yield policy.current.rule


def _question(case: Case, ask: Ask, tier: Decimal) -> Question:
    return Question(
        matter=ask.matter,
        amount=tier,
        currency=ask.currency,
        facility=case.facility.key,
        payer_class=case.payer.payer_class if case.payer else "",
        facts=ask.facts,
    )


def _seal(case: Case, ask: Ask, rule: Rule) -> Sealed:
    return Sealed(
        matter=ask.matter,
        case=str(case.public_id),
        case_version=case.version,
        standing=standing_of(case),
        amount=ask.amount,
        currency=ask.currency,
        payee=ask.payee,
        accounts=ask.accounts,
        evidence=ask.evidence,
        policy=rule.name,
        facts=ask.facts,
    )


def _name_makers(approval: ApprovalRequest, ask: Ask, *, by: User, at: datetime) -> None:
    """Who made what is asked for: given, and besides who asks and whose the case is."""
    named = {(Act.REQUEST, by.pk)} | {
        (act, person) for act, people in ask.makers.items() for person in people
    }
    if approval.case.owner_id is not None:
        named.add((Act.OWN, approval.case.owner_id))
    if not {act for act, _person in named} <= MAKERS:
        message = "Decisions are made by deciding, not by asking."
        raise ApprovalRefused(message)
    ApprovalAct.objects.bulk_create(
        ApprovalAct(
            request=approval,
            cycle=approval.cycle,
            act=act,
            person_id=person,
            digest=approval.digest,
            reason=act.label,
            at=at,
        )
        for act, person in sorted(named)
    )


def _reference() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_approval_reference')")
        return f"AP-{cursor.fetchone()[0]:06}"
