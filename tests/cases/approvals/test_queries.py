"""What waits for whom costs the same for any number of requests."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.approvals.queries import waiting_for
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.approvers import asked, decided
from tests.factories.cases import OPENED, CaseFactory


@pytest.mark.parametrize("rows", [1, 25])
def test_what_waits_costs_three_queries_for_any_number(case, somebody, requester, rows):
    lead = somebody("team_lead")
    for _ in range(rows):
        other = CaseFactory(queue=case.queue, facility=case.facility)
        ApprovalRequestFactory(case=other, requested_by=requester)

    with CaptureQueriesContext(connection) as taken:
        found = [str(each.case.queue) for each in waiting_for(lead, at=OPENED)]

    assert len(found) == rows
    assert len(taken) == 3


def test_who_decided_or_sees_nothing_has_nothing_waiting(case, somebody, requester):
    both = somebody("queue_supervisor", "rc_manager")
    approval = asked(case, requester, "2500.00")
    assert approval in waiting_for(both, at=OPENED)

    decided(approval, both)

    assert approval not in waiting_for(both, at=OPENED)
    assert not waiting_for(requester, at=OPENED).exists()
