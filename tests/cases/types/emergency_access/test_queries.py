"""How an emergency stands, and what was done under it."""

import pytest

from billing_portal.audit.models import AuditEvent
from cases.types.emergency_access.queries import (
    asks_already,
    done_under,
    emergencies_of,
    emergency_of,
    unreviewed,
)
from cases.work.types import Engaged
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.cases import CaseFactory
from tests.factories.emergencies import LONG_AGO, EmergencyReviewFactory, asked_by, opened
from tests.factories.people import AuditEventFactory, PersonFactory

pytestmark = pytest.mark.django_db


def test_one_that_waits_is_not_open_and_is_asked_for_once():
    person = PersonFactory()
    approval = asked_by(person)

    [held] = emergencies_of(person)

    assert (held.request, held.begins_at, held.is_open) == (approval, None, False)
    assert asks_already(person)


def test_what_else_is_asked_for_hides_no_emergency():
    person = PersonFactory()
    approval = asked_by(person)
    ApprovalRequestFactory(requested_by=person)

    assert [each.request for each in emergencies_of(person, most=1)] == [approval]


def test_only_what_was_opened_is_to_be_reviewed_and_once():
    waiting, over = asked_by(PersonFactory()).case, opened(ago=LONG_AGO)
    reviewed = EmergencyReviewFactory().case

    found = unreviewed([waiting.pk, over.pk, reviewed.pk])

    assert found == {over.pk: Engaged.REVIEW}


def test_an_open_one_is_open_by_the_databases_clock_and_an_old_one_is_over():
    assert emergency_of(opened()).is_open
    assert not emergency_of(opened(ago=LONG_AGO)).is_open
    assert emergency_of(CaseFactory()) is None


def test_all_that_the_person_did_meanwhile_is_listed_and_nothing_of_others():
    case = opened()
    held = emergency_of(case)
    mine = AuditEventFactory(actor=held.request.requested_by)
    AuditEventFactory()

    found = list(done_under(held))
    assert AuditEvent.objects.get(pk=mine.pk) in found
    assert {each.actor_id for each in found} == {held.request.requested_by_id}
