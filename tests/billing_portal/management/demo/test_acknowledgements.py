"""The demo's reports: they balance, and each answer of a timely filing appeal can be met."""

from datetime import UTC, datetime

from billing_portal.access.actor import system_actor
from billing_portal.management.demo.acknowledgements import report
from cases.types.denial.appeals.filing import filing_of
from integrations.canonical.models import Acknowledgement
from integrations.inbox.models import Message, MessageStatus
from tests.factories.cases import CaseFactory, denial_details

NOW = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


def test_claims_denied_as_late_are_reported_in_every_way_once(db):
    details = {**denial_details().as_json(), "category": "TIMELY_FILING"}
    cases = [CaseFactory(details=details) for _ in range(4)]
    for _ in range(2):
        report(by=system_actor("demo"), now=NOW)

    message = Message.objects.get()
    assert message.status == MessageStatus.APPLIED
    assert message.totals["unbalanced_transactions"] == 0
    assert Acknowledgement.objects.count() == 4
    found = [filing_of(case) for case in cases]
    assert [each.proof is not None for each in found] == [True, True, False, False]
    assert [len(each.reports) for each in found] == [2, 1, 1, 0]
