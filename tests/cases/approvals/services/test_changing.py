"""The lock, the checks and the record that every change of a request has."""

import json
from decimal import Decimal

import pytest

from billing_portal.audit.models import AuditEvent
from cases.approvals.services import ApprovalRefused, RequestNotFound, StaleSeal, lock
from cases.approvals.services.changing import (
    change,
    require_reason,
    require_state,
    require_unchanged,
    require_version,
)
from cases.approvals.vocabulary import RequestState
from cases.work.services import ReasonMissing, StaleVersion
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.people import PersonFactory


def test_a_request_is_locked_by_who_sees_its_case(case, requester):
    approval = ApprovalRequestFactory(case=case)

    assert lock(approval, by=requester).case == case
    with pytest.raises(RequestNotFound):
        lock(approval, by=PersonFactory(is_superuser=True))


def test_the_checks_refuse(case):
    approval = ApprovalRequestFactory(case=case)

    with pytest.raises(ApprovalRefused):
        require_state(approval, RequestState.RETURNED)
    with pytest.raises(StaleVersion):
        require_version(approval, 0)
    with pytest.raises(ReasonMissing):
        require_reason("\n")
    require_unchanged(approval)


def test_one_cent_more_is_another_case(case):
    approval = ApprovalRequestFactory(case=case)
    require_unchanged(approval)

    approval.case.amount_at_risk = Decimal("480.01")

    with pytest.raises(StaleSeal, match=r"Amount at risk: 480.00 → 480.01"):
        require_unchanged(approval)


def test_a_change_leaves_history_and_a_trace_on_the_case(case, requester):
    approval = ApprovalRequestFactory(case=case)

    change(approval, {"verdict": "Heard"}, verb="tested", by=requester, reason="For a test")

    assert approval.version == 2
    newest = approval.history.latest()
    assert (newest.verdict, newest.history_user) == ("Heard", requester)
    event = AuditEvent.objects.get(chain=f"case:{case.pk}", verb="approval.tested")
    assert json.loads(event.body)["digest"] == approval.digest
