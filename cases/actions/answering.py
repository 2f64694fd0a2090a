"""Answering what an approver wanted to know: the same is asked again, with what the case has now.

Who wants to ask for something else withdraws the request, or uses the way of the case's type.
"""

from datetime import datetime

from billing_portal.accounts.models import User
from cases.actions import approving
from cases.approvals.asking import Ask
from cases.approvals.models import ApprovalRequest
from cases.approvals.sealing import unsealed
from cases.evidence.models import Attachment


def answer(
    *, approval: ApprovalRequest, by: User, reason: str, at: datetime, seen_version: int
) -> ApprovalRequest:
    """Ask again for what was returned, with every file of the case as evidence.

    Who made it before made it still. Raises what `approving.answer` raises.
    """
    return approving.answer(
        approval=approval,
        ask=_again(approval),
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
    )


def _again(approval: ApprovalRequest) -> Ask:
    held = unsealed(approval.sealed)
    files = Attachment.objects.filter(case=approval.case_id).values_list("sha256", flat=True)
    return Ask(
        matter=held.matter,
        amount=held.amount,
        currency=held.currency,
        payee=held.payee,
        accounts=held.accounts,
        evidence=tuple(sorted({*held.evidence, *files})),
        facts=held.facts,
    )
