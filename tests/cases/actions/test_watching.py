from datetime import UTC, datetime, timedelta

import pytest

from cases.actions import watching, working
from cases.notices.models import MessageKind, Notification
from cases.sla.vocabulary import Clock, WatchStep
from tests.cases.sla.services.test_clocks import opened, stands
from tests.factories.cases import OPENED
from tests.factories.people import granted

pytestmark = pytest.mark.django_db


def told(user):
    return Notification.objects.filter(user=user).order_by("pk")


@pytest.fixture
def case():
    return opened()[0]


@pytest.fixture
def lead(case):
    return granted(queues=[case.queue], facilities=[case.facility], leads=True)


def owned(case):
    owner = granted(queues=[case.queue], facilities=[case.facility])
    working.claim(case=case, by=owner, at=OPENED, seen_version=1)
    return owner


def test_the_owner_hears_of_half_the_time_and_the_lead_does_not(case, lead):
    owner = owned(case)

    watching.watch(at=stands(case).watch_at)

    [message] = told(owner)
    assert message.kind == MessageKind.WARNING
    assert message.text.startswith(f"{case} has used half of its time for resolving it: due ")
    assert (message.why, message.case, message.is_urgent) == ("You own this case.", case, False)
    assert not told(lead).exists()


def test_both_hear_of_a_breach_once(case, lead):
    owner = owned(case)
    due = stands(case).due_at

    for _ in range(2):
        watching.watch(at=due)

    for person, why in ((owner, "You own this case."), (lead, f"You lead {case.queue}.")):
        [message] = told(person)
        assert (message.kind, message.why, message.is_urgent) == (MessageKind.BREACH, why, True)
        assert f"{case} is past its time for resolving it" in message.text


def test_a_lead_hears_of_many_together_and_of_what_they_see_alone(case, lead):
    opened(2, queue=case.queue, facility=case.facility)
    opened(1, queue=case.queue)

    watching.watch(at=stands(case).due_at)

    [message] = told(lead)
    assert message.text == f"3 cases of {case.queue} passed the time they have."
    assert (message.case, message.link) == (None, f"/queues/{case.queue.key}/")


def test_what_is_told_at_night_counts_from_the_next_opening(case, lead):
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)

    watching.watch(at=saturday)

    [message] = told(lead)
    assert message.not_before == datetime(2026, 3, 30, 13, tzinfo=UTC)  # Monday, eight in Chicago


def test_a_pause_at_its_longest_is_told_to_both(case, lead):
    owner = owned(case)
    case.refresh_from_db()
    working.wait(
        case=case,
        by=owner,
        waiting_for=working.Waiting.PAYER,
        reason="Called",
        at=OPENED + timedelta(hours=1),
        seen_version=case.version,
    )
    paused = stands(case)
    assert paused.watch_step == WatchStep.CAP

    watching.watch(at=paused.watch_at)

    for person in (owner, lead):
        [message] = told(person)
        assert "waiting for payer for as long as its target allows" in message.text
        assert message.kind == MessageKind.WARNING


def test_an_unowned_case_is_told_to_its_lead(case, lead):
    watching.watch(at=stands(case, Clock.FIRST_TOUCH).due_at)

    [message] = told(lead)
    assert "past its time for its first touch" in message.text
