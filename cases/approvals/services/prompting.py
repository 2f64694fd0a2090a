"""Noting who was told of a step, letting those above decide it, and asking one person for it."""

from datetime import datetime

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.transactions import joining
from cases.approvals.models import ApprovalRequest
from cases.approvals.services.changing import (
    change,
    event,
    require_reason,
    require_state,
    require_version,
)
from cases.approvals.vocabulary import RequestState, Told


@joining
def tell(
    approval: ApprovalRequest,
    *,
    told: Told,
    tell_at: datetime | None,
    due_at: datetime | None,
    by: User,
) -> ApprovalRequest:
    """Note that people are told of a locked request, and when to look at it again.

    Its version stays: whoever has it open may decide it as they see it.
    """
    approval.told, approval.tell_at, approval.due_at = told, tell_at, due_at
    reason = f"Told: {told.label.lower()}"
    save_because(approval, by=by, reason=reason, fields=["told", "tell_at", "due_at"])
    return approval


@joining
def escalate(approval: ApprovalRequest, *, by: User, reason: str) -> ApprovalRequest:
    """Let those above decide the step of a locked request too, as its policy names them.

    Its version stays. Nothing happens where the policy names nobody above, or it happened already.
    """
    above = approval.policy_version.terms.upper_seat
    if approval.is_escalated or not above:
        return approval
    approval.is_escalated = True
    approval.seats = [*approval.seats, *{above} - set(approval.seats)]
    save_because(approval, by=by, reason=reason, fields=["is_escalated", "seats"])
    audit.record_many([event(approval, "escalated", reason=reason, to=above)], by=by)
    return approval


def forward(
    *, approval: ApprovalRequest, to: User, by: User, reason: str, seen_version: int
) -> ApprovalRequest:
    """Note whom somebody asked to decide. Raises ReasonMissing, StaleVersion, ApprovalRefused."""
    require_reason(reason)
    require_version(approval, seen_version)
    require_state(approval, RequestState.PENDING)
    return change(approval, {"forwarded_to": to}, verb="forwarded", by=by, reason=reason.strip())
