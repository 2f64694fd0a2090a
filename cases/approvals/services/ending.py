"""How requests end without a decision: withdrawn, void, or settled when all was done."""

from collections.abc import Collection, Mapping
from datetime import datetime

from billing_portal.accounts.models import User
from billing_portal.kernel.transactions import joining
from cases.approvals.eligibility import human_of
from cases.approvals.models import ApprovalRequest
from cases.approvals.services.changing import (
    ApprovalRefused,
    change,
    changes_of,
    require_reason,
    require_state,
    require_version,
)
from cases.approvals.vocabulary import RequestState
from cases.work.lifecycle import FINISHED, CaseStatus
from cases.work.sets import any_id

DONE = "What was granted has been done"
DONE_WITH = frozenset({CaseStatus.CLOSED, CaseStatus.VOIDED})


def withdraw(
    *, approval: ApprovalRequest, by: User, reason: str, at: datetime, seen_version: int
) -> ApprovalRequest:
    """Take a locked request back. Raises ReasonMissing, StaleVersion, ApprovalRefused."""
    require_reason(reason)
    require_version(approval, seen_version)
    require_state(approval, RequestState.PENDING, RequestState.RETURNED)
    if human_of(by) != human_of(approval.requested_by):
        message = f"{approval} was asked for by {approval.requested_by}, who can take it back."
        raise ApprovalRefused(message)
    return _end(approval, RequestState.WITHDRAWN, "withdrawn", by=by, reason=reason.strip(), at=at)


@joining
def overtake_many(*, case_ids: Collection[int], by: User, at: datetime) -> list[ApprovalRequest]:
    """Void what no longer is what it was asked for; settle what was granted for a closed case.

    Void become the requests, open or granted and not settled, of cases that changed since they were
    sealed, and the open ones of cases that ended. The caller has locked the cases. Returns the
    voided ones; their `verdict` says what differs.
    """
    voided = []
    for approval in _standing(case_ids):
        words = _why_void(approval)
        if words:
            voided.append(_end(approval, RequestState.VOIDED, "voided", by=by, reason=words, at=at))
        elif approval.case.status in DONE_WITH:
            change(approval, {"settled_at": at}, verb="settled", by=by, reason=DONE)
    return voided


def _standing(case_ids: Collection[int]) -> list[ApprovalRequest]:
    return list(
        ApprovalRequest.objects.standing()
        .filter(case=any_id(case_ids))
        .select_related("case", "requested_by")
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def _why_void(approval: ApprovalRequest) -> str:
    """What differs, in words; nothing: the request holds. A returned one is sealed anew anyhow."""
    if approval.state != RequestState.APPROVED and approval.case.status in FINISHED:
        return f"The case ended: {approval.case.get_status_display().lower()}"
    if approval.state == RequestState.RETURNED:
        return ""
    return "; ".join(map(str, changes_of(approval)))


def _end(
    approval: ApprovalRequest,
    state: RequestState,
    verb: str,
    *,
    by: User,
    reason: str,
    at: datetime,
) -> ApprovalRequest:
    columns: Mapping[str, object] = {
        "state": state,
        "verdict": reason,
        "decided_at": at,
        "tell_at": None,
        "due_at": None,
    }
    return change(approval, columns, verb=verb, by=by, reason=reason)
