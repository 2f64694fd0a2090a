"""Refunds that send money out: whom they may pay, who decides, and what is booked and asked for."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from billing_portal.access.actor import acting, system_actor
from billing_portal.kernel.models.history import save_because
from cases.actions import working
from cases.approvals.eligibility import MayNotDecide
from cases.approvals.models import ApprovalRequest
from cases.approvals.sealing import unsealed
from cases.approvals.vocabulary import Act, RequestState
from cases.effects.models import Effect
from cases.types.refund import actions
from cases.types.refund.asking import ask_of
from cases.types.refund.owning import Found, PayeeRefused
from cases.types.refund.services import CreditRefused
from cases.types.refund.vocabulary import Outcome, Way
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from cases.work.services import StaleVersion
from integrations.canonical.models import EntryKind, PatientAccount
from tests.factories.approvers import approvers, decided
from tests.factories.effects import LedgerFactory
from tests.factories.integrations import PatientFactory, PayerFactory
from tests.factories.ledgers import account, posting
from tests.factories.refunds import RefundCheckFactory, ResearchFactory, credit, found_on

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def books(db):
    return LedgerFactory()


@pytest.fixture
def payer(db):
    return PayerFactory(payer_class="commercial")


def research(case, by, outcome, payer=None, amount="120.00"):
    found = Found(Outcome(outcome), Decimal(amount), "USD", payer.pk if payer else None)
    return actions.research(
        case=case, found=found, by=by, reason="Found", at=AT, seen_version=case.version
    )


def send(case, by, way):
    case.refresh_from_db()
    actions.send_back(
        case=case, way=way, by=by, reason="Back to them", at=AT, seen_version=case.version
    )
    return ApprovalRequest.objects.filter(case=case).latest("pk")


def reopened(case, by):
    """The case, taken up again by somebody though nothing new is known."""
    case.refresh_from_db()
    return working.reopen(
        case=case, by=by, reason="There is more to give back", at=AT, seen_version=case.version
    )


def test_a_patient_refund_is_approved_booked_and_asked_to_be_paid_to_the_guarantor():
    case = credit()
    somebody = approvers(case)
    asker, lead = somebody("denial_specialist"), somebody("team_lead")
    research(case, asker, "of_patient")

    request = send(case, asker, Way.PATIENT_REFUND)

    case.refresh_from_db()
    assert case.status == CaseStatus.PENDING_APPROVAL
    payee = unsealed(request.sealed).payee
    assert (payee.kind, payee.identifier) == ("patient", case.account.guarantor.external_id)
    assert case.account.guarantor.family_name not in request.sealed
    assert case.returns.get().request_reference == request.reference

    assert decided(request, lead).state == RequestState.APPROVED
    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.RESOLVED, Disposition.REFUNDED)
    effects = Effect.objects.filter(case=case).order_by("pk")
    assert [each.event for each in effects] == [
        f"{event}:{request.reference}"
        for event in ("patient_credit", "patient_refund", "refund_payment")
    ]
    assert all(each.request_reference == request.reference for each in effects)


def stated_anew(case, change):
    """The account by a newer statement; detection reads it."""
    account = PatientAccount.objects.select_related("guarantor").get(pk=case.account_id)
    with transaction.atomic(), acting(by=system_actor("tests"), reason="Another statement"):
        change(account)
        account.save()
        account.guarantor.save()
    return found_on(account)


def test_a_newer_statement_that_says_the_same_leaves_the_request_as_it_is():
    case = credit()
    asker = approvers(case)("denial_specialist")
    research(case, asker, "of_patient")
    request = send(case, asker, Way.PATIENT_REFUND)

    stated_anew(case, lambda account: setattr(account, "stated_on", date(2026, 3, 2)))

    request.refresh_from_db()
    assert request.state == RequestState.PENDING


@pytest.mark.parametrize(
    "change",
    [
        lambda account: setattr(account, "guarantor", PatientFactory(source=account.source)),
        lambda account: setattr(account, "guarantor_changed_on", date(2026, 3, 1)),
        lambda account: setattr(account.guarantor, "family_name", "Another"),
    ],
    ids=["guarantor", "bank or address", "name"],
)
def test_a_change_of_whom_a_refund_pays_voids_what_was_asked_for(change):
    case = credit()
    asker = approvers(case)("denial_specialist")
    research(case, asker, "of_patient")
    request = send(case, asker, Way.PATIENT_REFUND)

    stated_anew(case, change)

    request.refresh_from_db()
    case.refresh_from_db()
    assert (request.state, case.status) == (RequestState.VOIDED, CaseStatus.TRIAGED)


def test_a_federal_payers_refund_needs_compliance(payer):
    medicare = PayerFactory(payer_class="medicare")
    case = credit(payer=medicare)
    somebody = approvers(case)
    asker = somebody("denial_specialist")
    research(case, asker, "of_payer", medicare)

    request = send(case, asker, Way.VOLUNTARY_REFUND)

    assert decided(request, somebody("team_lead")).state == RequestState.PENDING
    assert decided(request, somebody("compliance_officer")).state == RequestState.APPROVED
    events = set(Effect.objects.filter(case=case).values_list("event", flat=True))
    named = ("payer_credit", "payer_refund", "refund_payment")
    assert events == {f"{event}:{request.reference}" for event in named}


def test_the_rest_of_a_credit_goes_back_by_a_request_of_its_own_and_no_more_than_it():
    case = credit()
    somebody = approvers(case)
    asker, lead = somebody("denial_specialist"), somebody("team_lead")
    for amount in ("50.00", "70.00"):
        research(case, asker, "of_patient", amount=amount)
        decided(send(case, asker, Way.PATIENT_REFUND), lead)
        case = reopened(case, asker)

    paid = Effect.objects.filter(case=case, journal=None)
    assert sorted(paid.values_list("amount", flat=True)) == [Decimal("50.00"), Decimal("70.00")]
    research(case, asker, "of_patient", amount="0.01")
    with pytest.raises(CreditRefused, match=r"\$120.00 went back already"):
        send(case, asker, Way.PATIENT_REFUND)
    assert ApprovalRequest.objects.filter(case=case).count() == 2


def test_who_posted_the_payment_does_not_approve_its_refund(payer):
    case = credit(payer=payer)
    somebody = approvers(case)
    asker, poster = somebody("denial_specialist"), somebody("team_lead", username="poster")
    research(case, asker, "of_payer", payer)

    request = send(case, asker, Way.VOLUNTARY_REFUND)

    assert request.acts.get(act=Act.POST_PAYMENT).person == poster
    with pytest.raises(MayNotDecide):
        decided(request, poster)


def test_golden_18_money_goes_back_only_to_whom_it_came_from(payer):
    case = credit(payer=payer)
    stranger = ResearchFactory(case=case, outcome="of_payer", payer=PayerFactory())

    with pytest.raises(PayeeRefused, match="whose payment stands on the account"):
        ask_of(case, stranger, way=Way.VOLUNTARY_REFUND, on=AT.date())


def test_golden_18_a_payment_taken_back_makes_no_payee(payer):
    paid = posting("payment", -300, payer_id=payer.pk, rank=1)
    back = posting(EntryKind.REVERSAL, 300, payer_id=payer.pk, reverses=paid.number)
    case = found_on(account(posting("charge", 300), paid, back, posting("payment", -420)))
    of_payer = ResearchFactory(case=case, outcome="of_payer", payer=payer)

    with pytest.raises(PayeeRefused):
        ask_of(case, of_payer, way=Way.VOLUNTARY_REFUND, on=AT.date())


def test_golden_18_nobody_but_the_guarantor_on_file():
    case = credit(guarantor=None)
    found = ResearchFactory(case=case)

    with pytest.raises(PayeeRefused, match="No guarantor is on file"):
        ask_of(case, found, way=Way.PATIENT_REFUND, on=AT.date())


@pytest.mark.parametrize(
    ("changed_on", "is_new"),
    [(None, False), (date(2026, 2, 1), True), (date(2026, 1, 31), False), (date(2026, 3, 2), True)],
)
def test_an_address_changed_in_the_last_thirty_days_asks_for_more_hands(changed_on, is_new):
    case = credit(guarantor_changed_on=changed_on)
    ask = ask_of(case, ResearchFactory(case=case), way=Way.PATIENT_REFUND, on=AT.date())

    assert ask.facts == ({"payee_changed": "yes"} if is_new else {})
    assert PatientAccount.objects.get().pk == case.account_id


def issue(case, by, number="001", **fields):
    case = Case.objects.get(pk=case.pk)
    given = {"case": case, "by": by, "number": number, "seen_version": case.version}
    return actions.issue_check(issued_on=AT.date(), reason="Printed", **given | fields)


def test_one_check_follows_a_refund_that_was_approved():
    case = credit()
    somebody = approvers(case)
    asker, lead = somebody("denial_specialist"), somebody("team_lead")
    research(case, asker, "of_patient")
    request = send(case, asker, Way.PATIENT_REFUND)
    with pytest.raises(CreditRefused, match="No approved refund"):
        issue(case, asker)
    decided(request, lead)
    with pytest.raises(StaleVersion):
        issue(case, asker, seen_version=1)

    check = issue(case, asker)

    assert (check.amount, check.owner_state, check.status) == (Decimal("120.00"), "MO", "issued")
    with pytest.raises(CreditRefused, match="No approved refund"):
        issue(case, asker, "002")
    with pytest.raises(IntegrityError, match="refund_id"), transaction.atomic():
        RefundCheckFactory(case=case, refund=check.refund)


def test_a_check_is_kept_also_when_the_account_has_changed_since_its_refund_was_approved():
    case = credit()
    somebody = approvers(case)
    asker = somebody("denial_specialist")
    research(case, asker, "of_patient")
    decided(send(case, asker, Way.PATIENT_REFUND), somebody("team_lead"))
    changed = Case.objects.get(pk=case.pk)
    changed.details["decision"] = "another"
    save_because(changed, by=asker, reason="A new statement", fields=["details"])

    assert issue(case, asker).amount == Decimal("120.00")
