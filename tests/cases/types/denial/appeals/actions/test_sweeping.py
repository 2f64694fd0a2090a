from datetime import timedelta

import pytest

from billing_portal.access.actor import system_actor
from cases.actions import moving
from cases.notices.models import Notification
from cases.types.denial.appeals.actions import sending, sweeping
from cases.types.denial.appeals.lifecycle import AppealStatus, Outcome
from cases.work.lifecycle import CaseStatus, Disposition, Verb
from tests.cases.types.denial.appeals.conftest import NOW

DAY = timedelta(days=1)


@pytest.fixture
def owned(submitted, worker):
    case = submitted.case
    case.refresh_from_db()
    sending._back_to_work(case, by=worker, at=NOW, reason="Mine")
    sending._into_flight(sending._locked(submitted), by=worker, at=NOW, reason="On its way")
    return submitted


def learn(case, verb, at, *, decision="T9", denied="100.00", **changes):
    """What detection writes of a later decision."""
    case.refresh_from_db()
    later = {
        "decision": decision,
        "denied_amount": denied,
        "paid_on": "2026-04-01",
    }
    return moving.move(
        case=case,
        verb=verb,
        by=system_actor("detection"),
        reason="A later remittance",
        at=at,
        seen_version=None,
        details=case.details | later,
        **changes,
    )


def test_on_the_day_the_case_comes_back_and_its_owner_is_told_once(owned, worker):
    assert sweeping.remind(at=NOW + 29 * DAY) == 0
    assert sweeping.remind(at=NOW + 30 * DAY) == 1
    assert sweeping.remind(at=NOW + 30 * DAY) == 0

    owned.case.refresh_from_db()
    assert (owned.case.status, owned.case.owner) == (CaseStatus.ASSIGNED, worker)
    told = Notification.objects.get(user=worker, kind="follow_up")
    assert "30 days since the appeal of level 1" in told.text


def test_after_sixty_days_it_speaks_of_escalating(owned, worker):
    sweeping.remind(at=NOW + 60 * DAY)

    assert Notification.objects.filter(user=worker, text__contains="escalate").count() == 1


def test_a_remittance_that_pays_decides_the_appeal(submitted):
    learn(submitted.case, Verb.CLOSE, NOW + DAY, disposition=Disposition.APPEAL_OVERTURNED_FULL)

    assert sweeping.settle(at=NOW + 30 * DAY) == 1
    assert sweeping.settle(at=NOW + 30 * DAY) == 0
    submitted.refresh_from_db()
    assert submitted.outcome == Outcome.OVERTURNED_FULL
    assert submitted.outcome_trace
    assert not submitted.follow_ups.filter(done_at=None).exists()


def test_one_that_pays_in_part_leaves_the_rest_to_be_worked(owned):
    learn(owned.case, Verb.UPDATE, NOW + DAY, denied="70.00")

    sweeping.settle(at=NOW + 30 * DAY)

    owned.refresh_from_db()
    assert (owned.outcome, str(owned.amount_overturned)) == (Outcome.OVERTURNED_PARTIAL, "30.00")
    owned.case.refresh_from_db()
    assert owned.case.status == CaseStatus.ASSIGNED


def test_one_that_still_denies_is_told_once_and_left_to_a_person(owned, worker):
    learn(owned.case, Verb.UPDATE, NOW + DAY)

    assert [sweeping.settle(at=NOW + 30 * DAY) for _ in range(2)] == [1, 0]
    owned.refresh_from_db()
    assert owned.status == AppealStatus.SUBMITTED
    assert Notification.objects.filter(user=worker, text__contains="decided again").count() == 1
