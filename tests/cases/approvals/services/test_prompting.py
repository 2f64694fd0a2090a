"""Noting who was told, letting those above decide, asking one person."""

import pytest

from billing_portal.access.actor import system_actor
from cases.approvals.models import ApprovalRequest
from cases.approvals.services import escalate, forward, tell
from cases.approvals.vocabulary import Told
from cases.work.services import ReasonMissing, StaleVersion
from tests.factories.approvals import ApprovalRequestFactory, PolicyVersionFactory, policy_content
from tests.factories.cases import OPENED
from tests.factories.people import PersonFactory


@pytest.fixture
def approval(db):
    return ApprovalRequestFactory()


def test_telling_changes_nothing_that_a_decision_rests_on(approval):
    by = system_actor("approvals")

    tell(approval, told=Told.ASKED, tell_at=OPENED, due_at=OPENED, by=by)

    kept = ApprovalRequest.objects.get(pk=approval.pk)
    assert (kept.told, kept.tell_at, kept.version) == (Told.ASKED, OPENED, approval.version)
    assert kept.history.latest().told == Told.ASKED


def test_those_above_are_let_in_once(approval):
    by = system_actor("approvals")

    for _ in range(2):
        escalate(approval, by=by, reason="Nobody may decide")

    kept = ApprovalRequest.objects.get(pk=approval.pk)
    assert kept.seats == ["role:team_lead", "role:rc_director"]
    assert kept.is_escalated


def test_without_anybody_above_nothing_changes(db):
    version = PolicyVersionFactory(content=policy_content(escalate_to=None))
    approval = ApprovalRequestFactory(policy_version=version)

    assert not escalate(approval, by=system_actor("approvals"), reason="Nobody").is_escalated


def test_forwarding_says_why_and_what_was_seen(approval):
    by, to = PersonFactory(), PersonFactory()

    with pytest.raises(ReasonMissing):
        forward(approval=approval, to=to, by=by, reason="", seen_version=approval.version)
    with pytest.raises(StaleVersion):
        forward(approval=approval, to=to, by=by, reason="Yours", seen_version=0)
    done = forward(approval=approval, to=to, by=by, reason="Yours", seen_version=approval.version)
    assert done.forwarded_to == to
