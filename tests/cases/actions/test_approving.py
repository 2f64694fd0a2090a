"""Asking for approval and deciding on it, from the first word to the last."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.registry import NotInstalled
from cases.actions import approving
from cases.actions.approving import Seen
from cases.actions.posting import PostingRefused
from cases.approvals.choosing import NoPolicy
from cases.approvals.eligibility import MayNotDecide
from cases.approvals.models import ApprovalRequest
from cases.approvals.services import ApprovalRefused, RequestNotFound, StaleSeal, Verdict
from cases.approvals.vocabulary import Act, Matter, RequestState
from cases.effects.kinds import EFFECTS, CommandPlan
from cases.notices.models import Notification
from cases.work.lifecycle import CaseStatus, Disposition, MoveRefused
from cases.work.models import Case
from cases.work.services import ReasonMissing, StaleVersion
from integrations.outbox.models import OutboxMessage
from integrations.ports.commands import RequestPayment
from tests.factories.approvals import ask_for
from tests.factories.approvers import HOUR, approvers, asked, carrying_out, decided
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.effects import LedgerFactory
from tests.factories.people import granted

pytestmark = pytest.mark.usefixtures("carried_out")


@pytest.fixture
def case(db):
    return CaseFactory(amount_at_risk="480.00")


@pytest.fixture
def somebody(case):
    return approvers(case)


@pytest.fixture
def requester(somebody):
    return somebody("denial_specialist")


def paying(what):
    command = RequestPayment("patient", "P-1", what.amount, what.currency, "Test", "AP")
    return [CommandPlan(command, "paid")]


def test_a_decision_takes_few_statements(
    case, somebody, requester, monkeypatch, django_assert_max_num_queries
):
    """The request as seen, what stands for BEGIN and COMMIT, and no savepoint in between."""
    monkeypatch.setattr(EFFECTS, "_held", carrying_out(paying))
    LedgerFactory()
    approval = asked(case, requester, "2500.00")
    supervisor, manager = somebody("queue_supervisor"), somebody("rc_manager")

    with django_assert_max_num_queries(9):
        decided(approval, supervisor)
    with django_assert_max_num_queries(27):
        decided(approval, manager)

    assert OutboxMessage.objects.get().total == 2500


def test_what_a_lead_approves_resolves_the_case(case, somebody, requester):
    lead = somebody("team_lead")
    approval = asked(case, requester)
    assert Case.objects.get(pk=case.pk).status == CaseStatus.PENDING_APPROVAL

    done = decided(approval, lead)

    case.refresh_from_db()
    assert done.state == RequestState.APPROVED
    assert (case.status, case.disposition) == (CaseStatus.RESOLVED, Disposition.WRITTEN_OFF)
    kept = ApprovalRequest.objects.get(pk=approval.pk)
    assert (kept.state, kept.decided_at) == (RequestState.APPROVED, OPENED + HOUR)
    assert kept.acts.get(act=Act.APPROVE).seats == ["role:team_lead"]
    assert Notification.objects.filter(user=requester, text__contains="approved").exists()


def test_twelve_thousand_goes_through_three_people(case, somebody, requester):
    manager, director, controller = map(somebody, ["rc_manager", "rc_director", "controller"])
    approval = asked(case, requester, "12000.00")

    for person in (manager, director):
        approval = decided(approval, person)
        assert approval.state == RequestState.PENDING
    approval = decided(approval, controller)

    assert approval.state == RequestState.APPROVED
    assert [act.step for act in approval.acts.filter(act=Act.APPROVE).order_by("pk")] == [0, 1, 1]


def test_one_human_counts_once_however_often(case, somebody, requester):
    """A, A, B, A: who holds every role of a chain does not pass it alone."""
    both = somebody("queue_supervisor", "rc_manager")
    approval = decided(asked(case, requester, "2500.00"), both)
    assert (approval.step, approval.state) == (1, RequestState.PENDING)

    for _ in range(2):
        with pytest.raises(MayNotDecide):
            decided(approval, both)

    assert decided(approval, somebody("rc_manager")).state == RequestState.APPROVED


@pytest.mark.parametrize("act", [Act.REJECT, Act.RETURN])
def test_who_refuses_says_why_and_work_goes_on(case, somebody, requester, act):
    lead, approval = somebody("team_lead"), asked(case, requester)

    with pytest.raises(ReasonMissing):
        decided(approval, lead, act, reason=" ")
    done = decided(approval, lead, act, reason="The appeal is still open")

    case.refresh_from_db()
    assert case.status == CaseStatus.TRIAGED
    assert done.verdict == "The appeal is still open"
    assert done.tell_at is None


def test_what_was_returned_is_asked_again_and_decided_anew(case, somebody, requester):
    lead = somebody("team_lead")
    approval = asked(case, requester)
    first = approval.digest
    returned = decided(approval, lead, Act.RETURN)

    again = approving.answer(
        approval=returned,
        ask=ask_for("480.00", evidence=("ab" * 32,)),
        by=requester,
        reason="Here is the letter",
        at=OPENED + HOUR,
        seen_version=returned.version,
    )

    assert (again.cycle, again.step, again.state) == (2, 0, RequestState.PENDING)
    assert again.digest != first
    assert Case.objects.get(pk=case.pk).status == CaseStatus.PENDING_APPROVAL
    assert decided(again, lead).state == RequestState.APPROVED


def test_who_answers_for_a_colleague_splits_nothing(case, somebody, requester):
    """What the requester asked for, and what the answerer did, counts as if one had asked."""
    colleague, account = somebody("denial_specialist"), {"accounts": ("A-17",)}
    for by in (requester, colleague):
        other = CaseFactory(queue=case.queue, facility=case.facility)
        asked(other, by, **account)
    returned = decided(asked(case, requester, **account), somebody("queue_supervisor"), Act.RETURN)

    again = approving.answer(
        approval=returned,
        ask=ask_for("480.00", **account),
        by=colleague,
        reason="Here is the letter",
        at=OPENED + HOUR,
        seen_version=returned.version,
    )

    assert again.requested_by == requester
    assert str(again.tier_amount) == "1440.00"


def test_what_was_asked_is_taken_back_by_who_asked(case, somebody, requester):
    approval = asked(case, requester)
    given = {"approval": approval, "reason": "Found the payment", "at": OPENED + HOUR}

    with pytest.raises(ApprovalRefused):
        approving.withdraw(by=somebody("team_lead"), seen_version=approval.version, **given)
    done = approving.withdraw(by=requester, seen_version=approval.version, **given)

    assert done.state == RequestState.WITHDRAWN
    assert Case.objects.get(pk=case.pk).status == CaseStatus.TRIAGED


def test_what_was_seen_otherwise_is_not_decided(case, somebody, requester):
    lead, approval = somebody("team_lead"), asked(case, requester)

    for verdict, refusal in (
        (Verdict(Act.APPROVE, "", approval.version - 1, approval.digest), StaleVersion),
        (Verdict(Act.APPROVE, "", approval.version, "0" * 64), StaleSeal),
    ):
        with pytest.raises(refusal):
            approving.decide(approval=approval, verdict=verdict, by=lead, at=OPENED)

    assert ApprovalRequest.objects.get(pk=approval.pk).state == RequestState.PENDING


def test_no_one_decides_on_what_they_do_not_see(case, somebody, requester):
    approval = asked(case, requester)
    stranger = granted(queues=[case.queue])

    with pytest.raises(RequestNotFound):
        decided(approval, stranger)
    assert not ApprovalRequest.objects.visible_to(stranger).exists()


def test_nothing_is_asked_for_what_no_policy_covers(case, requester):
    with pytest.raises(NoPolicy):
        approving.request(
            case=case,
            ask=replace(ask_for(), currency="CAD"),
            by=requester,
            reason="Uneconomic",
            at=OPENED,
            seen_version=case.version,
        )

    case.refresh_from_db()
    assert case.status == CaseStatus.NEW
    assert not ApprovalRequest.objects.exists()


def test_a_case_waits_for_one_approval_at_a_time(case, requester):
    asked(case, requester)
    case.refresh_from_db()

    with pytest.raises(MoveRefused):
        asked(case, requester)


def test_systems_ask_for_nothing(case):
    with pytest.raises(ApprovalRefused):
        asked(case, system_actor("tests"))


def test_many_are_approved_each_by_itself(case, somebody, requester):
    lead = somebody("team_lead")
    small, stale = asked(case, requester, "20.00"), None
    other = CaseFactory(queue=case.queue, facility=case.facility, amount_at_risk="30.00")
    stale = asked(other, requester, "30.00")

    outcomes = approving.decide_many(
        seen=[
            Seen(small, small.version, small.digest),
            Seen(stale, stale.version, "0" * 64),
        ],
        reason="Sampled",
        by=lead,
        at=OPENED + HOUR,
    )

    assert [each.approval.state for each in outcomes] == [
        RequestState.APPROVED,
        RequestState.PENDING,
    ]
    assert isinstance(outcomes[1].refusal, StaleSeal)


def test_of_many_what_the_books_refuse_is_undone_alone(case, somebody, requester, monkeypatch):
    """Inside the transaction of a page's form, too."""

    def refuse(what):
        if what.amount > 25:
            raise DomainError("The books refuse it.")
        return []

    monkeypatch.setattr(EFFECTS, "_held", carrying_out(refuse))
    lead, small = somebody("team_lead"), asked(case, requester, "20.00")
    other = CaseFactory(queue=case.queue, facility=case.facility, amount_at_risk="30.00")
    refused = asked(other, requester, "30.00")

    with transaction.atomic():
        outcomes = approving.decide_many(
            seen=[Seen(each, each.version, each.digest) for each in (refused, small)],
            reason="Sampled",
            by=lead,
            at=OPENED + HOUR,
        )

    assert [str(each.refusal) for each in outcomes] == ["The books refuse it.", "None"]
    refused.refresh_from_db()
    small.refresh_from_db()
    assert (refused.state, small.state) == (RequestState.PENDING, RequestState.APPROVED)
    assert not refused.acts.filter(act=Act.APPROVE).exists()


def test_what_its_policy_keeps_from_bulk_is_decided_alone(case, somebody, requester):
    manager = somebody("rc_manager")
    large = asked(case, requester, "1200.00", matter=Matter.PATIENT_REFUND)

    (outcome,) = approving.decide_many(
        seen=[Seen(large, large.version, large.digest)], reason="All fine", by=manager, at=OPENED
    )

    assert isinstance(outcome.refusal, ApprovalRefused)


def test_a_colleague_is_asked_to_decide_and_gets_no_right_by_it(case, somebody, requester):
    lead, other, clerk = somebody("team_lead"), somebody("team_lead"), somebody("denial_specialist")
    approval = asked(case, requester)
    given = {"approval": approval, "by": lead, "reason": "You know this payer", "at": OPENED}

    with pytest.raises(ApprovalRefused):
        approving.forward(to=clerk, seen_version=approval.version, **given)
    done = approving.forward(to=other, seen_version=approval.version, **given)

    assert done.forwarded_to == other
    assert Notification.objects.filter(user=other, text__contains="asks you").exists()


def test_what_is_granted_is_carried_out_as_it_was_sealed_with_all_who_had_to_do_with_it(
    case, somebody, requester, monkeypatch
):
    planned = []
    monkeypatch.setattr(EFFECTS, "_held", carrying_out(lambda each: planned.append(each) or ()))
    supervisor, manager = somebody("queue_supervisor"), somebody("rc_manager")
    approval = asked(case, requester, "2500.00", facts={"cause": "uneconomic"})

    approval = decided(approval, supervisor)
    assert planned == []
    done = decided(approval, manager)

    (each,) = planned
    assert (each.amount, each.facts) == (Decimal("2500.00"), {"cause": "uneconomic"})
    assert each.request_reference == done.reference
    assert set(each.preparers) == {requester.pk}
    assert set(each.approvers) == {supervisor.pk, manager.pk}


def test_what_cannot_be_carried_out_is_not_approved(case, somebody, requester, monkeypatch):
    def refuse(_decided):
        raise PostingRefused("The period is closed.")

    monkeypatch.setattr(EFFECTS, "_held", carrying_out(refuse))
    approval = asked(case, requester)

    with pytest.raises(PostingRefused):
        decided(approval, somebody("team_lead"))

    kept = ApprovalRequest.objects.get(pk=approval.pk)
    assert kept.state == RequestState.PENDING
    assert not kept.acts.filter(act=Act.APPROVE).exists()
    assert Case.objects.get(pk=case.pk).status == CaseStatus.PENDING_APPROVAL


def test_money_that_nothing_carries_out_is_not_approved(case, somebody, requester, monkeypatch):
    monkeypatch.setattr(EFFECTS, "_held", {})

    with pytest.raises(NotInstalled):
        decided(asked(case, requester), somebody("team_lead"))


def test_emergency_access_takes_a_second_person_and_ends_nothing(case, somebody, requester):
    approval = asked(case, requester, "0.00", matter=Matter.BREAK_GLASS)
    officer = somebody("compliance_officer")

    assert decided(approval, officer).state == RequestState.APPROVED
    assert Case.objects.get(pk=case.pk).status == CaseStatus.TRIAGED
