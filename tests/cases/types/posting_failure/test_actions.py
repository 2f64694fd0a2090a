"""Sending again is a person's act, on record, and posts nothing twice."""

from datetime import UTC, datetime

import pytest

from billing_portal.audit.models import AuditEvent
from cases.actions.opening import open_many
from cases.types.posting_failure import actions
from cases.types.posting_failure.actions import NothingToReplay
from cases.types.posting_failure.detect import findings
from cases.work.models import Case, Note
from cases.work.services import StaleVersion
from cases.work.services.noting import TextMissing
from cases.work.visibility import CaseNotFound
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.services import MessageNotWaiting
from tests.factories.effects import JournalFactory, LedgerDifferenceFactory
from tests.factories.outbox import OutboxMessageFactory
from tests.house import House

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def house():
    return House.built()


@pytest.fixture
def told(house):
    effect = JournalFactory(effect__case=house.case()).effect
    return OutboxMessageFactory(
        event_key=effect.event_key, state=OutboxState.REJECTED, code="period_closed", due_at=None
    )


@pytest.fixture
def case(told):
    open_many(findings=findings({told.key: "c0"}), at=AT)
    return Case.objects.get(case_type="posting_failure")


@pytest.fixture
def worker(house, case):
    house.grant("denial_specialist", case.queue, "view_queue", "work_queue")
    return house.person("denial_specialist")


def replay(case, by, reason="The period is open again", **seen):
    given = {"seen_version": case.version, **seen}
    return actions.replay(case=case, by=by, reason=reason, at=AT, **given)


def test_it_goes_again_under_its_key_and_stands_on_both_records(case, told, worker):
    key = told.event_key

    replay(case, worker)

    told.refresh_from_db()
    assert (told.state, told.attempts, told.event_key) == (OutboxState.PENDING, 0, key)
    assert Note.objects.get(case=case).text == "Sent again: The period is open again"
    event = AuditEvent.objects.get(verb="outbox.replayed")
    assert (event.actor, event.reason) == (worker, "The period is open again")


def test_twice_is_once(case, told, worker):
    replay(case, worker)

    with pytest.raises(MessageNotWaiting):
        replay(case, worker)

    assert Note.objects.count() == 1


def test_it_needs_a_reason_and_the_case_as_it_was_seen(case, told, worker):
    with pytest.raises(TextMissing):
        replay(case, worker, reason=" ")
    with pytest.raises(StaleVersion):
        replay(case, worker, seen_version=case.version + 1)

    told.refresh_from_db()
    assert told.state == OutboxState.REJECTED


def test_whoever_does_not_see_the_case_sends_nothing(case, told, house):
    with pytest.raises(CaseNotFound):
        replay(case, house.person("coder"))

    told.refresh_from_db()
    assert told.state == OutboxState.REJECTED


def test_what_we_never_sent_cannot_be_sent_again(house):
    found = LedgerDifferenceFactory(effect=None, key="b" * 32, reference="GL-9")
    open_many(findings=findings({found.key: "c0"}), at=AT)
    case = Case.objects.get()
    house.grant("denial_specialist", case.queue, "view_queue", "work_queue")
    house.grant("denial_specialist", case.facility, "view_facility")

    with pytest.raises(NothingToReplay):
        replay(case, house.person("denial_specialist"))
