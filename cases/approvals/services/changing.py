"""What every change of a request has in common: the lock, the checks, the row with its record.

The case is locked before its request, always: whoever amends a case locks it first too.
"""

from collections.abc import Mapping
from typing import Any

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.transactions import joining
from cases.approvals.models import ApprovalRequest
from cases.approvals.sealing import Difference, differences, standing_of
from cases.approvals.vocabulary import RequestState
from cases.work.models import Case
from cases.work.services import ReasonMissing, StaleVersion


class RequestNotFound(DomainError):
    """There is no such request for this person: they do not see its case (HTTP 404)."""

    code = "request_not_found"


class ApprovalRefused(DomainError):
    """The request does not stand where this could be done to it."""

    code = "approval_refused"


class StaleSeal(DomainError):
    """What is asked for is not what the caller saw, or not what the case is now (HTTP 409)."""

    code = "stale_seal"


def lock(approval: ApprovalRequest, *, by: User) -> ApprovalRequest:
    """The request as it is now, its case and itself locked. Raises RequestNotFound."""
    case = (
        Case.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(pk=approval.case_id)
        .first()
    )
    if case is None:
        message = "There is no such request."
        raise RequestNotFound(message)
    locked = (
        ApprovalRequest.objects.select_related("policy_version", "requested_by")
        .select_for_update(of=("self",))
        .get(pk=approval.pk)
    )
    locked.case = case
    return locked


def require_state(approval: ApprovalRequest, *states: RequestState) -> None:
    """Raises ApprovalRefused unless the request is in one of these states."""
    if approval.state not in states:
        message = f"{approval} is “{RequestState(approval.state).label}”: nothing is to be done."
        raise ApprovalRefused(message)


def require_version(approval: ApprovalRequest, seen: int) -> None:
    """Raises StaleVersion unless the caller saw the request as it is."""
    if seen != approval.version:
        message = f"{approval} was changed after you opened it. Nothing of yours was saved."
        raise StaleVersion(message, seen=seen, current=approval.version, differences=[])


def require_reason(reason: str) -> None:
    """Raises ReasonMissing when nothing is said."""
    if not reason.strip():
        message = "Say why: this needs a reason."
        raise ReasonMissing(message)


def require_unchanged(approval: ApprovalRequest) -> None:
    """Raises StaleSeal when the case is not what was sealed, and says what differs."""
    found = changes_of(approval)
    if found:
        message = f"{approval} no longer holds: {'; '.join(map(str, found))}."
        raise StaleSeal(message, differences=[str(each) for each in found])


def changes_of(approval: ApprovalRequest) -> list[Difference]:
    """How the case differs from what was sealed of it."""
    return differences(approval.sealed, standing_of(approval.case))


@joining
def change(
    approval: ApprovalRequest,
    columns: Mapping[str, Any],
    *,
    verb: str,
    by: User,
    reason: str,
) -> ApprovalRequest:
    """Write some columns of a locked request, with history and audit."""
    for name, value in columns.items():
        setattr(approval, name, value)
    approval.version += 1
    save_because(approval, by=by, reason=reason, fields=[*columns, "version"])
    audit.record_many([event(approval, verb, reason=reason)], by=by)
    return approval


def event(approval: ApprovalRequest, verb: str, *, reason: str, **facts: Any) -> audit.Event:
    """What the case's audit chain keeps of a request: keys, states and amounts."""
    return audit.Event(
        chain=f"case:{approval.case_id}",
        verb=f"approval.{verb}",
        subject=f"approval:{approval.public_id}",
        reason=reason,
        facts={
            "reference": approval.reference,
            "state": approval.state,
            "cycle": approval.cycle,
            "step": approval.step,
            "version": approval.version,
            "digest": approval.digest,
            "amount": approval.amount,
            **facts,
        },
    )
