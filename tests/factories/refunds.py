"""Credit balances at work: their cases, what was found, signed, sent back."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory

from cases.actions.opening import open_many
from cases.approvals.models import ApprovalRequest
from cases.types.refund import actions
from cases.types.refund.detect import detect
from cases.types.refund.models import (
    FederalAct,
    FederalRule,
    RefundCheck,
    Research,
    Return,
    StateRule,
)
from cases.types.refund.vocabulary import FederalActKind, Outcome, Way
from cases.work.models import Case
from integrations.feed.models import Change, Record
from tests.factories.approvers import approvers, decided
from tests.factories.base import Made
from tests.factories.effects import LedgerFactory
from tests.factories.integrations import PayerFactory
from tests.factories.ledgers import account, posting
from tests.factories.people import PersonFactory

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def credit(amount="120.00", *, payer=None, claim="C1", **fields) -> Case:
    """The case of an account in credit: to a payer that paid twice, else to the patient."""
    who = {"payer_id": payer.pk, "rank": 1} if payer else {}
    paid = [posting("payment", -Decimal(each), claim=claim, **who) for each in ("300.00", amount)]
    made = account(posting("charge", 300, claim=claim), *paid, **fields)
    return found_on(made)


def found_on(made) -> Case:
    """The case that detection opens of an account."""
    told = Change(record=Record.ACCOUNT, record_id=made.pk, correlation_id="told")
    open_many(findings=detect([told]), at=AT)
    return Case.objects.get(account=made)


class ResearchFactory(Made):
    """The patient paid too much."""

    class Meta:
        model = Research

    case = factory.LazyFunction(credit)
    decision = factory.LazyAttribute(lambda made: made.case.details["decision"])
    outcome = Outcome.OF_PATIENT
    amount = Decimal("120.00")
    reason = "Paid at the desk before the insurer did"
    found_by = factory.SubFactory(PersonFactory)
    found_at = AT


class ReturnFactory(Made):
    """A payer is to recoup it."""

    class Meta:
        model = Return

    research = factory.SubFactory(
        ResearchFactory, outcome=Outcome.OF_PAYER, payer=factory.SubFactory(PayerFactory)
    )
    case = factory.SelfAttribute("research.case")
    way = Way.RECOUP
    amount = Decimal("120.00")
    reason = "The payer takes it with its next payment"
    chosen_by = factory.SubFactory(PersonFactory)
    chosen_at = AT


class FederalActFactory(Made):
    """Identified on 10 January 2026."""

    class Meta:
        model = FederalAct

    case = factory.LazyFunction(credit)
    kind = FederalActKind.IDENTIFIED
    on = date(2026, 1, 10)
    reason = "The second payment was found on the statement"
    signed_by = factory.SubFactory(PersonFactory)
    signed_at = AT


class FederalRuleFactory(Made):
    """A class of payers with sixty days."""

    class Meta:
        model = FederalRule

    payer_class = "other"
    days = 60
    suspension_days = 180
    look_back_years = 6
    citation = "A test"
    valid_from = date(2025, 1, 1)


class StateRuleFactory(Made):
    """A state of its own."""

    class Meta:
        model = StateRule

    state = factory.Sequence(lambda n: f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}")
    patient_refund_days = 30
    dormancy_years = 3
    notice_from = Decimal("100.00")
    notice_days = 60
    citation = "A test"
    valid_from = date(2001, 1, 1)


class RefundCheckFactory(Made):
    """A check on its way."""

    class Meta:
        model = RefundCheck

    case = factory.LazyFunction(credit)
    number = factory.Sequence(lambda n: f"{n:06}")
    amount = Decimal("120.00")
    owner_state = "MO"
    status = "outstanding"
    issued_on = date(2026, 1, 10)


def approved_refund(case: Case) -> Return:
    """A refund to the patient: asked for, approved by a lead and carried out."""
    LedgerFactory()
    somebody = approvers(case)
    ResearchFactory(case=case)
    case.refresh_from_db()
    made = actions.send_back(
        case=case,
        way=Way.PATIENT_REFUND,
        by=somebody("denial_specialist"),
        reason="Back to them",
        at=AT,
        seen_version=case.version,
    )
    decided(ApprovalRequest.objects.get(reference=made.request_reference), somebody("team_lead"))
    return made
