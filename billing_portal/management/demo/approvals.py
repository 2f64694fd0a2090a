"""What the demo's people ask approval for: one refund that was granted, and some that wait.

Everything goes through the verbs that everybody has. What was granted is booked as soon as the
portal's worker delivers it to the demo's ledger. What has been asked already is not asked twice.
"""

from datetime import datetime
from decimal import Decimal

from billing_portal.accounts.models import User
from cases.actions import approving, working
from cases.approvals.eligibility import eligible
from cases.approvals.models import ApprovalRequest
from cases.approvals.saying import Verdict
from cases.approvals.vocabulary import Act, RequestState
from cases.types.invoice_exception import actions as invoices
from cases.types.refund import actions as refunds
from cases.types.refund.owning import Found
from cases.types.refund.vocabulary import Outcome, Way
from cases.work.models import Case

ANALYST, CREDITS, ASKED = "nneka", "credit-commercial", 2
CLERK, DEAR = "beatrix", "MS-20872"
FOUND = "Compared with the remittances and the receipts of the desk (demonstration)."
BACK = "Nobody else has a claim to it (demonstration)."
NEEDED = "The price rose with the new contract; the old order was not put right (demonstration)."
CHECKED = "Account, remittance and evidence agree (demonstration)."


def ask(*, now: datetime) -> None:
    """Ask, and let the largest refund be granted. Done twice: once."""
    if ApprovalRequest.objects.filter(case__case_type="refund").exists():
        return
    analyst, clerk = (User.objects.get(username=name) for name in (ANALYST, CLERK))
    held = Case.objects.visible_to(analyst).open().filter(queue__key=CREDITS)
    largest = list(held.order_by("-amount_at_risk", "pk")[:ASKED])
    for case in largest:
        give_back(case, by=analyst, now=now)
    for granted in ApprovalRequest.objects.filter(case__in=largest[:1]):
        grant(granted, now=now)
    for case in Case.objects.visible_to(clerk).open().filter(vendor_invoice__number=DEAR):
        seen = working.claim(case=case, by=clerk, at=now, seen_version=case.version)
        invoices.request_release(
            case=seen, by=clerk, reason=NEEDED, at=now, seen_version=seen.version
        )


def give_back(case: Case, *, by: User, now: datetime) -> None:
    """Find out whose a credit is, as its entries suggest, and ask to send it back."""
    first = case.details["shares"][0]
    payer_id = first["payer_id"]
    outcome, way = (
        (Outcome.OF_PAYER, Way.VOLUNTARY_REFUND)
        if payer_id
        else (Outcome.OF_PATIENT, Way.PATIENT_REFUND)
    )
    found = Found(outcome, Decimal(first["amount"]), case.currency, payer_id)
    seen = working.claim(case=case, by=by, at=now, seen_version=case.version)
    refunds.research(case=seen, found=found, by=by, reason=FOUND, at=now, seen_version=seen.version)
    seen.refresh_from_db()
    refunds.send_back(case=seen, way=way, by=by, reason=BACK, at=now, seen_version=seen.version)


def grant(approval: ApprovalRequest, *, now: datetime) -> None:
    """Let whoever may decide approve it, step by step."""
    while approval.state == RequestState.PENDING:
        may = next(iter(eligible(approval, at=now)), None)
        if may is None:
            return
        person = User.objects.get(pk=may.person_id)
        verdict = Verdict(Act.APPROVE, CHECKED, approval.version, approval.digest)
        approval = approving.decide(approval=approval, verdict=verdict, by=person, at=now)
