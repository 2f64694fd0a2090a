from datetime import timedelta

from cases.actions import awaiting
from cases.actions.returning import return_deferred
from cases.work.lifecycle import CaseStatus
from tests.factories.cases import OPENED, CaseFactory

NOW = OPENED + timedelta(hours=1)


def test_deferred_cases_come_back_when_their_time_has_come(case, worker):
    early, late = case, CaseFactory(queue=case.queue, facility=case.facility)
    for each, days in ((early, 1), (late, 3)):
        awaiting.defer(
            case=each,
            by=worker,
            reason="Payer answers then",
            at=NOW,
            seen_version=1,
            until=NOW + timedelta(days=days),
        )

    assert return_deferred(at=NOW + timedelta(days=1)) == 1
    assert return_deferred(at=NOW + timedelta(days=1)) == 0

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, early.deferred_until) == (CaseStatus.TRIAGED, None)
    assert late.status == CaseStatus.DEFERRED
