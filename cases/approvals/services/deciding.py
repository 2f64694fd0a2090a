"""Deciding: locked, checked, and written with its history and audit in one statement."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from psycopg import sql

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import insert_history
from billing_portal.kernel.pure.correlation import current_id
from billing_portal.kernel.transactions import joining
from cases.approvals.eligibility import Item, human_of, item_of, judge, voices_of
from cases.approvals.models import ApprovalRequest, Delegation
from cases.approvals.saying import Verdict
from cases.approvals.services.asking import begin_step
from cases.approvals.services.changing import (
    ApprovalRefused,
    StaleSeal,
    event,
    lock,
    require_reason,
    require_state,
    require_unchanged,
    require_version,
)
from cases.approvals.terms import is_filled
from cases.approvals.vocabulary import VERDICTS, Act, RequestState
from cases.approvals.voices import Voice

OVER: dict[str, Any] = {"tell_at": None, "due_at": None, "forwarded_to_id": None}
APPROVED = "Approved"


@joining
def decide(
    *, approval: ApprovalRequest, verdict: Verdict, by: User, at: datetime
) -> ApprovalRequest:
    """Approve, reject or return a request at the step where it waits; as it is then.

    Locks the case, the request, and the voice if it is lent. Raises RequestNotFound, ReasonMissing,
    StaleVersion, StaleSeal, ApprovalRefused, MayNotDecide.
    """
    locked = lock(approval, by=by)
    _require_seen(locked, verdict)
    speaker_id = verdict.acting_for.pk if verdict.acting_for else by.pk
    item = item_of(locked, locked.acts.order_by("pk"), human_of(locked.requested_by))
    if verdict.acting_for:
        _hold(giver=verdict.acting_for, taker=by)
    voice = judge(item, voices_of([by.pk], at=at)[by.pk], speaker_id=speaker_id)
    columns = _columns(item, voice, verdict, at=at)
    _write(locked, columns, verdict, by=by, at=at)
    return locked


def _hold(*, giver: User, taker: User) -> None:
    """Let nobody take a voice back while it decides: before, or after."""
    lent = Delegation.objects.filter(giver=giver, taker=taker, revoked_at=None).order_by("pk")
    list(lent.select_for_update())


def _require_seen(approval: ApprovalRequest, verdict: Verdict) -> None:
    if verdict.act not in VERDICTS:
        message = "A request is approved, rejected or returned."
        raise ApprovalRefused(message)
    if verdict.act is not Act.APPROVE:
        require_reason(verdict.reason)
    require_version(approval, verdict.seen_version)
    require_state(approval, RequestState.PENDING)
    if verdict.seen_digest != approval.digest:
        message = f"{approval} asks for something else than what you saw. Nothing was decided."
        raise StaleSeal(message, differences=[])
    require_unchanged(approval)


def _columns(item: Item, voice: Voice, verdict: Verdict, *, at: datetime) -> dict[str, Any]:
    """What the verdict makes of the request."""
    if verdict.act is Act.REJECT:
        return _ended(RequestState.REJECTED, verdict) | {"decided_at": at}
    if verdict.act is Act.RETURN:
        return _ended(RequestState.RETURNED, verdict)
    request = item.request
    terms = request.policy_version.terms
    sat = [*item.sat, voice.seats & frozenset(request.seats)]
    if not is_filled(terms.steps[request.step], sat, upper=terms.upper_seat):
        return {}
    if request.step + 1 < len(terms.steps):
        begun = begin_step(terms, number=request.step + 1, at=at)
        return begun | {"forwarded_to_id": begun.pop("forwarded_to")}
    return _ended(RequestState.APPROVED, verdict) | {"decided_at": at}


def _ended(state: RequestState, verdict: Verdict) -> dict[str, Any]:
    return OVER | {"state": state, "verdict": verdict.reason.strip()}


WRITE = sql.SQL(
    "WITH acted AS ("
    " INSERT INTO cases_approvalact (request_id, cycle, step, act, person_id, human,"
    "  for_person_id, for_human, seats, digest, reason, at)"
    " VALUES (%(request)s, %(cycle)s, %(at_step)s, %(act)s, %(by)s, '', %(for)s, '', '{{}}',"
    "  %(digest)s, %(reason)s, %(at)s) RETURNING request_id),"
    " written AS ("
    " UPDATE cases_approvalrequest AS r SET {assignments}"
    " FROM acted WHERE r.id = acted.request_id RETURNING r.*),"
    " recorded AS ("
    " INSERT INTO audit_event (chain, verb, subject, reason, body, correlation_id, actor_id)"
    " VALUES (%(chain)s, %(audited)s, %(subject)s, %(reason)s, %(body)s, %(correlation)s, %(by)s))"
    " {history}"
)


def _write(
    approval: ApprovalRequest,
    columns: Mapping[str, Any],
    verdict: Verdict,
    *,
    by: User,
    at: datetime,
) -> None:
    """The act, the request, its history and the audit event, in one statement.

    The request follows from the act, so that the act is judged while the request still waits.
    """
    reason = verdict.reason.strip() or APPROVED
    speaker = verdict.acting_for.pk if verdict.acting_for else None
    given: dict[str, Any] = {
        "request": approval.pk,
        "cycle": approval.cycle,
        "at_step": approval.step,
        "act": verdict.act,
        "by": by.pk,
        "for": speaker,
        "digest": approval.digest,
        "reason": reason,
        "at": at,
    }
    written = {**columns, "version": approval.version + 1}
    for name, value in written.items():
        setattr(approval, name, value)
    told = event(
        approval, verdict.act.value, reason=reason, at_step=given["at_step"], acting_for=speaker
    )
    recorded = {
        "chain": told.chain,
        "audited": told.verb,
        "subject": told.subject,
        "body": audit.canonical(told.facts),
        "correlation": current_id(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(written)), given | recorded | written)


@cache
def _statement(names: tuple[str, ...]) -> str:
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in names
    )
    return WRITE.format(
        assignments=assignments, history=insert_history(ApprovalRequest, rows="written", kind="~")
    ).as_string()
