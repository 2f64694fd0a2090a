from datetime import timedelta

import pytest

from cases.actions.cascading import warn_of_deadlines
from cases.notices.models import Notification
from cases.work.lifecycle import CaseStatus
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import granted

pytestmark = pytest.mark.django_db
TODAY = OPENED.date()


def due(days, **fields):
    return CaseFactory(deadline_on=TODAY + timedelta(days=days), deadline_at=OPENED, **fields)


@pytest.mark.parametrize("days", [14, 7, 3, 1, 0])
def test_each_step_is_told_once(days):
    case = due(days)
    granted(queues=[case.queue], facilities=[case.facility], leads=True)

    assert warn_of_deadlines(at=OPENED) == 1
    assert warn_of_deadlines(at=OPENED) == 0
    assert Notification.objects.get().is_urgent == (days <= 7)


@pytest.mark.parametrize("days", [15, -1])
def test_what_is_far_or_past_is_not_told(days):
    case = due(days)
    granted(queues=[case.queue], facilities=[case.facility], leads=True)

    assert warn_of_deadlines(at=OPENED) == 0


@pytest.mark.parametrize(("days", "told"), [(7, 1), (3, 2)])
def test_the_owner_hears_first_then_the_lead(days, told):
    case = due(days)
    owner = granted(queues=[case.queue], facilities=[case.facility])
    granted(queues=[case.queue], facilities=[case.facility], leads=True)
    due(
        days,
        queue=case.queue,
        facility=case.facility,
        owner=owner,
        status=CaseStatus.PENDING_PAYER,
    )
    warn_of_deadlines(at=OPENED)

    # the one that nobody owns goes to the lead at every step
    assert Notification.objects.count() == told + 1


def test_the_last_day_is_a_breach_and_says_that_giving_up_needs_approval():
    case = due(0)
    granted(queues=[case.queue], facilities=[case.facility], leads=True)
    warn_of_deadlines(at=OPENED)

    assert "needs approval" in Notification.objects.get(kind="breach").text


def test_the_next_step_is_told_anew():
    case = due(7)
    granted(queues=[case.queue], facilities=[case.facility], leads=True)

    assert warn_of_deadlines(at=OPENED) == 1
    assert warn_of_deadlines(at=OPENED + timedelta(days=5)) == 1
