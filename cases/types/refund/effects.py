"""What an approved refund does: the credit is a liability, the liability is payable, pay it."""

from cases.approvals.vocabulary import Matter
from cases.effects.kinds import CommandPlan, Decided, EffectKind, JournalPlan, Planned
from cases.work.lifecycle import Disposition
from integrations.ports.commands import RequestPayment

PAYMENT = "refund_payment"


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
