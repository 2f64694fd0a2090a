from datetime import timedelta

import pytest

from cases.actions import working
from cases.actions.skipping import skip
from cases.notices.models import Notification
from cases.priority.models import Skip, SkipReason
from cases.priority.services import SkipRefused
from cases.work.lifecycle import CaseStatus, MoveRefused
from cases.work.models import Case
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import granted

NOW = OPENED + timedelta(hours=1)


def passed_over(case, by):
    taken = working.claim_next(by=by, at=NOW)
    return skip(
        case=taken,
        by=by,
        skip_reason=SkipReason.NO_ACCESS,
        at=NOW,
        seen_version=taken.version,
    )


def test_a_skip_puts_the_case_back_and_says_why(case, worker):
    back = passed_over(case, worker)

    assert (back.status, back.owner) == (CaseStatus.TRIAGED, None)
    assert Skip.objects.get().case == case
    assert "Passed over" in case.history.order_by("-version").first().history_change_reason
    assert working.claim_next(by=worker, at=NOW) is None


def test_what_is_not_in_ones_hands_cannot_be_passed_over(case, worker):
    with pytest.raises(MoveRefused):
        skip(case=case, by=worker, skip_reason="no_access", at=NOW, seen_version=1)

    assert not Skip.objects.exists()


def test_the_third_is_told_to_the_lead_and_the_fourth_refused(case, worker):
    lead = granted(queues=[case.queue], facilities=[case.facility], leads=True)
    for _ in range(3):
        CaseFactory(queue=case.queue, facility=case.facility)
    passed_over(case, worker)
    passed_over(case, worker)
    assert not Notification.objects.filter(user=lead).exists()

    passed_over(case, worker)
    assert "passed over 3 cases" in Notification.objects.get(user=lead).text
    with pytest.raises(SkipRefused):
        passed_over(case, worker)
    assert Case.objects.filter(owner=worker).count() == 1
