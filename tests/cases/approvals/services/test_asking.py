"""Asking for approval: the policy, the seal, the makers, and what counts together."""

from datetime import timedelta

import pytest

from cases.approvals.models import ApprovalRequest
from cases.approvals.sealing import digest
from cases.approvals.services import ApprovalRefused, ask, ask_again
from cases.approvals.services.asking import earlier
from cases.approvals.vocabulary import Act, Matter, RequestState
from cases.work.services import ReasonMissing
from tests.factories.approvals import ApprovalRequestFactory, ask_for
from tests.factories.approvers import approvers, asked
from tests.factories.cases import OPENED, CaseFactory

ACCOUNT = {"accounts": ("A-17",)}


def on_another_case(case, by, amount="480.00", **fields):
    """The same queue and site, so that the same people see it."""
    other = CaseFactory(queue=case.queue, facility=case.facility)
    return asked(other, by, amount, **fields)


def test_three_times_480_is_seen_as_1440(case, somebody, requester):
    """Below $500 a lead decides; three for one account go to the supervisor, and say so."""
    found = [on_another_case(case, requester, **ACCOUNT) for _ in range(3)]

    assert [str(each.tier_amount) for each in found] == ["480.00", "960.00", "1440.00"]
    assert [each.seats[0] for each in found] == [
        "role:team_lead",
        "role:queue_supervisor",
        "role:queue_supervisor",
    ]
    assert found[2].linked == [found[0].reference, found[1].reference]
    assert found[2].is_linked
    assert not found[0].is_linked


def test_the_second_account_of_an_employee_splits_nothing(case, somebody):
    one = somebody("denial_specialist", staff_number="E-7")
    other = somebody("denial_specialist", staff_number=" e-7 ")
    on_another_case(case, one, **ACCOUNT)

    assert on_another_case(case, other, **ACCOUNT).seats[0] == "role:queue_supervisor"


def test_others_other_accounts_and_old_requests_do_not_count(case, somebody, requester):
    on_another_case(case, requester, **ACCOUNT)

    assert not on_another_case(case, somebody("denial_specialist"), **ACCOUNT).is_linked
    assert not on_another_case(case, requester, accounts=("A-18",)).is_linked
    late = OPENED + timedelta(days=30)
    assert earlier(ask=ask_for(**ACCOUNT), people=[requester], at=late) == []
    just_before = late - timedelta(seconds=1)
    assert len(earlier(ask=ask_for(**ACCOUNT), people=[requester], at=just_before)) == 1


def test_what_was_rejected_does_not_count(case, requester):
    ApprovalRequestFactory(requested_by=requester, links=["account:A-17"])
    assert earlier(ask=ask_for(**ACCOUNT), people=[requester], at=OPENED) != []

    other = ApprovalRequest.objects.get()
    other.state, other.decided_at = RequestState.REJECTED, OPENED
    assert RequestState.REJECTED not in {
        each.state for each in earlier(ask=ask_for(**ACCOUNT), people=[requester], at=OPENED)
    }


def test_who_asks_owns_or_made_it_is_on_record(case, somebody, requester):
    editor, owner = somebody("coder"), somebody("denial_specialist")
    held = CaseFactory(queue=case.queue, facility=case.facility, owner=owner, status="assigned")

    approval = asked(held, requester, makers={Act.EDIT: [editor.pk]})

    acts = {(act.act, act.person_id) for act in approval.acts.all()}
    assert acts == {
        (Act.REQUEST, requester.pk),
        (Act.OWN, owner.pk),
        (Act.EDIT, editor.pk),
    }


def test_nobody_decides_by_asking(case, requester):
    with pytest.raises(ApprovalRefused):
        asked(case, requester, makers={Act.APPROVE: [requester.pk]})


def test_what_is_asked_is_sealed(case, requester):
    approval = asked(case, requester)

    assert approval.digest == digest(approval.sealed)
    assert '"amount_at_risk":"480.00"' in approval.sealed


def test_a_reason_is_asked_for(case, requester):
    with pytest.raises(ReasonMissing):
        ask(case=case, ask=ask_for(), by=requester, reason=" ", at=OPENED)


def test_only_what_was_returned_is_asked_again_and_for_the_same(case, requester):
    approval = asked(case, requester)
    given = {"approval": approval, "by": requester, "reason": "Again", "at": OPENED}
    given["seen_version"] = approval.version

    with pytest.raises(ApprovalRefused):
        ask_again(ask=ask_for(), **given)
    approval.state = RequestState.RETURNED
    with pytest.raises(ApprovalRefused):
        ask_again(ask=ask_for(matter=Matter.PATIENT_REFUND), **given)


def test_people_of_another_site_see_nothing_of_it(case, requester):
    asked(case, requester)
    elsewhere = approvers(CaseFactory())("rc_manager")

    assert elsewhere is not None
    assert ApprovalRequest.objects.visible_to(requester).count() == 1
