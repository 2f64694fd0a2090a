"""What an approved refund does: the credit is a liability, the liability is payable, pay it.

A check that nobody cashes revives the liability; by the law of the owner's state it becomes
unclaimed property, which the state gets. Source: the house's journal templates.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from billing_portal.accounts.models import User
from cases.actions import posting
from cases.approvals.vocabulary import Matter
from cases.effects.kinds import CommandPlan, Decided, EffectKind, JournalPlan, Planned
from cases.effects.models import Effect
from cases.effects.vocabulary import Template
from cases.types.refund.models import RefundCheck
from cases.types.refund.vocabulary import CheckStatus
from cases.work.lifecycle import Disposition
from integrations.ports.commands import RequestPayment

PAYMENT = "refund_payment"
NOON = time(12)
FOLLOWS = {
    (Matter.PATIENT_REFUND, CheckStatus.STALE): Template.CHEQUE_STALE,
    (Matter.PATIENT_REFUND, CheckStatus.ESCHEAT_DUE): Template.CHEQUE_ESCHEATED,
    (Matter.PATIENT_REFUND, CheckStatus.REMITTED): Template.UNCLAIMED_REMITTED,
    (Matter.PAYER_REFUND, CheckStatus.STALE): Template.PAYER_CHEQUE_STALE,
}
"""What the books say of a check that comes to stand so, by whom it was to pay."""
STALE = (Template.CHEQUE_STALE, Template.PAYER_CHEQUE_STALE)


def plan_payer(decided: Decided) -> list[Planned]:
    """To a payer."""
    return plan(decided, "payer_credit", "payer_refund")


def plan_patient(decided: Decided) -> list[Planned]:
    """To a patient or guarantor."""
    return plan(decided, "patient_credit", "patient_refund")


def plan(decided: Decided, credit: str, refund: str) -> list[Planned]:
    """Two vouchers and the request to pay; no patient data in any text.

    A credit may go back in parts, to several owners: each request does its own, once.
    """
    case = decided.case
    assert decided.payee is not None
    vouchers = [
        JournalPlan(
            template=template,
            amounts={"amount": decided.amount},
            entity=case.facility,
            text=f"{words} {case}",
            event=decided.once(template),
        )
        for template, words in ((credit, "Credit balance"), (refund, "Refund"))
    ]
    payment = RequestPayment(
        payee_kind=decided.payee.kind,
        payee=decided.payee.identifier,
        amount=decided.amount,
        currency=decided.currency,
        purpose=f"Refund {case}",
        reference=decided.request_reference,
    )
    return [*vouchers, CommandPlan(payment, decided.once(PAYMENT))]


def book_check(check: RefundCheck, *, on: date, by: User, reason: str) -> None:
    """Book what a check's new state means, under the refund's approval; nothing if none was booked.

    An owner who was written to and cashes it takes back that it was stale. Raises what
    `posting.follow` and `posting.reverse` raise.
    """
    at = datetime.combine(on, NOON, ZoneInfo(check.case.facility.time_zone))
    held = Effect.objects.standing().filter(case=check.case)
    reference = check.refund.request_reference if check.refund else ""
    paid = held.filter(request_reference=reference, event__startswith=PAYMENT).first()
    if paid is None:
        return
    status = CheckStatus(check.status)
    if status is CheckStatus.CLEARED:
        for stale in held.filter(event__in=[_event(each, check) for each in STALE]):
            posting.reverse(effect=stale, by=by, reason=reason, at=at)
        return
    template = FOLLOWS.get((Matter(paid.kind), status))
    if template is not None:
        plan = JournalPlan(
            template,
            {"amount": check.amount},
            check.case.facility,
            f"{template.label}, {check.case.reference}",
            event=_event(template, check),
        )
        posting.follow(after=paid, plan=plan, by=by, reason=reason, at=at)


def _event(template: Template, check: RefundCheck) -> str:
    return f"{template}:{check.pk}"


EFFECTS = (
    EffectKind(
        key=Matter.PAYER_REFUND,
        label=Matter.PAYER_REFUND.label,
        plan=plan_payer,
        disposition=Disposition.REFUNDED,
    ),
    EffectKind(
        key=Matter.PATIENT_REFUND,
        label=Matter.PATIENT_REFUND.label,
        plan=plan_patient,
        disposition=Disposition.REFUNDED,
    ),
)
