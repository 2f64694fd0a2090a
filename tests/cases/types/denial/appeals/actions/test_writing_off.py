"""A denial written off: by three people, once, in the books; and what it needs before that."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from cases.actions import posting, working
from cases.approvals.eligibility import MayNotDecide
from cases.approvals.vocabulary import Act, RequestState
from cases.effects.models import Effect
from cases.types.denial.appeals.actions import taking
from cases.types.denial.appeals.models import Proof, Recourse, Way
from cases.types.denial.appeals.terms import Particulars
from cases.types.denial.effects import plan
from cases.types.denial.vocabulary import Category
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from tests.cases.actions.test_posting import decided as what
from tests.factories.approvers import approvers, decided
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.effects import LedgerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return CaseFactory(amount_at_risk="12000.00", category=Category.DOCUMENTATION)


@pytest.fixture
def somebody(case):
    LedgerFactory()
    return approvers(case)


@pytest.fixture
def requester(somebody):
    return somebody("denial_specialist")


def asked(case, by, amount=None, **said):
    particulars = Particulars(
        "The records are lost; the payer will not look again",
        amount or case.amount_at_risk,
        **{"proof": Proof.NO_RIGHT, "preventable_stage": "documentation"} | said,
    )
    made = taking.take(
        case=case,
        by=by,
        at=OPENED,
        way=Way.WRITE_OFF,
        particulars=particulars,
        seen_version=case.version,
    )
    case.refresh_from_db()
    return made


def sides(effect):
    lines = effect.journal.lines.order_by("account__code")
    return [tuple(each) for each in lines.values_list("account__code", "debit", "credit")]


def test_twelve_thousand_goes_through_three_people_and_is_booked_once(case, somebody, requester):
    manager, director, controller = map(somebody, ["rc_manager", "rc_director", "controller"])
    approval = asked(case, requester).approval
    with pytest.raises(MayNotDecide):
        decided(approval, requester)

    for person in (manager, director):
        assert decided(approval, person).state == RequestState.PENDING
        assert not Effect.objects.exists()
    assert decided(approval, controller).state == RequestState.APPROVED

    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.RESOLVED, Disposition.WRITTEN_OFF)
    effect = Effect.objects.get()
    amount, nothing = Decimal("12000.00"), Decimal("0.00")
    assert sides(effect) == [("1100", nothing, amount), ("4110", amount, nothing)]
    assert OutboxMessage.objects.get().event_key == effect.event_key


def test_the_rest_of_a_denial_is_written_off_by_a_request_of_its_own(case, somebody, requester):
    small = CaseFactory(
        queue=case.queue,
        facility=case.facility,
        amount_at_risk="480.00",
        category=Category.DOCUMENTATION,
    )
    lead = somebody("team_lead")
    for amount in ("300.00", "180.00"):
        decided(asked(small, requester, Decimal(amount)).approval, lead)
        small.refresh_from_db()
        small = working.reopen(
            case=small, by=requester, reason="More of it", at=OPENED, seen_version=small.version
        )

    written = Effect.objects.filter(case=small).values_list("amount", flat=True)
    assert sorted(written) == [Decimal("180.00"), Decimal("300.00")]


def test_what_the_ledger_confirmed_stays_closed_when_the_same_facts_come_again(
    case, somebody, requester
):
    approval = asked(case, requester).approval
    for role in ("rc_manager", "rc_director", "controller"):
        decided(approval, somebody(role))
    OutboxMessage.objects.update(state=OutboxState.CONFIRMED, due_at=None, settled_at=OPENED)

    assert posting.confirm(at=OPENED) == 1

    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.CLOSED, Disposition.WRITTEN_OFF)


@pytest.mark.parametrize("category", [Category.TIMELY_FILING, Category.AUTH])
def test_what_could_have_been_avoided_goes_one_tier_higher(somebody, requester, case, category):
    other = CaseFactory(
        queue=case.queue, facility=case.facility, amount_at_risk="480.00", category=category
    )

    somebody("rc_manager")

    approval = asked(other, requester).approval

    assert approval.policy_version.policy.startswith("write-off-avoidable")
    assert approval.seats == ["role:rc_manager"]


def test_rejected_it_may_be_asked_for_again(case, somebody, requester):
    first = asked(case, requester)
    decided(first.approval, somebody("rc_manager"), Act.REJECT, reason="Appeal it")
    case.refresh_from_db()

    second = asked(case, requester)

    assert second.approval != first.approval
    assert Case.objects.get(pk=case.pk).status == CaseStatus.PENDING_APPROVAL


@pytest.mark.parametrize(("reserve", "expected"), [("0.00", "0.00"), ("60.00", "60.00")])
def test_the_reserve_is_used_up_first(case, monkeypatch, reserve, expected):
    monkeypatch.setattr("cases.types.denial.effects.credited_to", lambda *_: Decimal(reserve))

    [voucher] = plan(what(case))

    amounts = {"reserved": Decimal(expected), "denial": Decimal(100) - Decimal(expected)}
    assert voucher.amounts == amounts


def test_the_database_refuses_a_write_off_that_nobody_was_asked_for(case, somebody, requester):
    made = asked(case, requester)

    with pytest.raises(IntegrityError, match="recourse_write_off"), transaction.atomic():
        Recourse.objects.filter(pk=made.pk).update(approval=None)
