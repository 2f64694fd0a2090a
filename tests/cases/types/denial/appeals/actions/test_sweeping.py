from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_portal.access.actor import system_actor
from cases.actions import moving
from cases.notices.models import Notification
from cases.types.denial.appeals.actions import sending, sweeping
from cases.types.denial.appeals.lifecycle import AppealStatus, Outcome
from cases.work.lifecycle import CaseStatus, Disposition, Verb
from tests.cases.types.denial.appeals.conftest import NOW
from tests.factories.appeals import AppealFactory, AttestationFactory, PacketFactory

DAY = timedelta(days=1)


@pytest.fixture
def owned(submitted, worker):
    case = submitted.case
    case.refresh_from_db()
    sending._back_to_work(case, by=worker, at=NOW, reason="Mine")
    sending._into_flight(sending.lock_case(submitted), by=worker, at=NOW, reason="On its way")
    return submitted


def another_in_flight():
    first = AppealFactory()
    return AppealFactory(
        case=first.case,
        level=2,
        previous=first,
        status=AppealStatus.SUBMITTED,
        submitted_on=NOW.date(),
        attestation=AttestationFactory(appeal=first),
        packet=PacketFactory(appeal=first),
    )


def learn(case, verb, at, *, decision="T9", denied="100.00", decisions=(), **changes):
    """What detection writes of a later decision."""
    case.refresh_from_db()
    later = {
        "decision": decision,
        "denied_amount": denied,
        "paid_on": "2026-04-01",
    }
    if decisions:
        later["decisions"] = decisions
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


@pytest.mark.parametrize("sweep", [sweeping.remind, sweeping.settle])
def test_the_case_is_locked_before_or_with_what_hangs_on_it(owned, sweep):
    learn(owned.case, Verb.UPDATE, NOW + DAY, denied="70.00")

    with CaptureQueriesContext(connection) as queries:
        sweep(at=NOW + 30 * DAY)

    locks = [each["sql"] for each in queries if "FOR UPDATE" in each["sql"]]
    assert 'FROM "cases_case"' in locks[0] or 'OF "cases_appeal", "cases_case"' in locks[0]


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


def test_one_without_a_trace_is_left_to_a_person_and_the_others_are_decided(submitted):
    traceless = another_in_flight()
    unnamed = [each | {"trace": ""} for each in traceless.case.details["decisions"]]
    learn(traceless.case, Verb.UPDATE, NOW + DAY, denied="70.00", decisions=unnamed)
    learn(submitted.case, Verb.CLOSE, NOW + DAY, disposition=Disposition.APPEAL_OVERTURNED_FULL)

    assert [sweeping.settle(at=NOW + 30 * DAY) for _ in range(2)] == [2, 0]
    submitted.refresh_from_db()
    traceless.refresh_from_db()
    assert submitted.outcome == Outcome.OVERTURNED_FULL
    assert (traceless.status, traceless.told_of) == (AppealStatus.SUBMITTED, "T9")


def test_a_case_that_closed_without_an_answer_is_told_once(submitted):
    learn(submitted.case, Verb.CLOSE, NOW + DAY, disposition=Disposition.EXPLAINED)

    assert [sweeping.settle(at=NOW + 30 * DAY) for _ in range(2)] == [1, 0]
    submitted.refresh_from_db()
    assert submitted.told_of == "closed:T9"
