"""Who stands in is told, and what waits for one waits for both."""

from decimal import Decimal

import pytest

from cases.actions import delegating
from cases.approvals.queries import waiting_for
from cases.approvals.saying import Scope
from cases.notices.models import Notification
from tests.factories.approvals import ApprovalLimitFactory
from tests.factories.approvers import approvers, asked
from tests.factories.cases import OPENED, CaseFactory


@pytest.fixture
def somebody(db):
    return approvers(CaseFactory())


def test_what_waits_is_handed_over_and_back(db):
    case = CaseFactory()
    somebody = approvers(case)
    giver, taker, manager = map(somebody, ["team_lead", "denial_specialist", "rc_manager"])
    ApprovalLimitFactory(person=taker, max_amount=Decimal(500))
    approval = asked(case, somebody("denial_specialist"))
    assert approval not in waiting_for(taker, at=OPENED)

    made = delegating.delegate(
        giver=giver,
        taker=taker,
        scope=Scope(OPENED.date(), OPENED.date()),
        by=manager,
        reason="Ill",
        at=OPENED,
    )

    assert approval in waiting_for(taker, at=OPENED)
    assert approval in waiting_for(giver, at=OPENED)
    told = Notification.objects.filter(key__startswith="delegation:")
    assert {each.user for each in told} == {giver, taker}

    delegating.revoke(
        delegation=made, by=giver, reason="Back", at=OPENED, seen_version=made.version
    )
    assert approval not in waiting_for(taker, at=OPENED)
    assert told.filter(user=taker, text__contains="no longer").exists()
