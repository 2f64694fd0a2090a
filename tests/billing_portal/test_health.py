"""The health addresses: answers for monitors, nothing for strangers' curiosity."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from billing_portal import health
from integrations.inbox.models import Message
from integrations.outbox.lifecycle import OutboxState
from tests.factories.inbox import MessageFactory, ScheduleSlotFactory
from tests.factories.outbox import OutboxMessageFactory
from tests.house import House
from tests.pages import Reader

pytestmark = pytest.mark.django_db
WORK = "/healthz/work"
LONG_AGO = "2020-01-01T00:00:00Z"


def test_the_process_says_that_it_lives():
    assert Client().get("/livez").json() == {"status": "ok"}


def test_it_is_ready_when_the_database_answers_and_nothing_is_to_migrate():
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["failing"]) == (200, [])


def test_what_is_not_ready_is_named(monkeypatch):
    monkeypatch.setitem(health.READY, "migrations", lambda: False)

    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["failing"]) == (503, ["migrations"])


def test_a_message_that_waits_too_long_is_told():
    MessageFactory()
    fine = Client().get(WORK)
    Message.objects.update(received_at=Now() - timedelta(minutes=6))

    late = Client().get(WORK)

    assert fine.status_code == 200
    assert late.status_code == 503
    assert late.json()["failing"] == ["oldest_waiting_message_seconds"]


def test_what_should_have_gone_out_long_ago_is_told():
    stuck = OutboxMessageFactory(
        state=OutboxState.REJECTED, due_at=None, order_key="case:7", position=1
    )
    OutboxMessageFactory(due_at=LONG_AGO, order_key=stuck.order_key, position=2)
    OutboxMessageFactory(due_at=LONG_AGO, destination__name="closed", destination__is_active=False)
    fine = Client().get(WORK)
    OutboxMessageFactory(due_at=LONG_AGO)

    assert fine.json()["failing"] == []
    assert Client().get(WORK).json()["failing"] == ["oldest_due_sending_seconds"]


def test_a_beat_that_stopped_is_told():
    ScheduleSlotFactory(slot=timezone.now() - timedelta(minutes=6))

    assert Client().get(WORK).json()["failing"] == ["since_last_beat_slot_seconds"]


def test_work_is_told_to_this_machine_and_to_those_who_may_see_messages(house):
    outside = {"REMOTE_ADDR": "203.0.113.7"}
    proxied = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}
    engineer = Reader.of(house.person("integration_engineer"))

    assert Client(**outside).get(WORK).status_code == 403
    assert Client(**proxied).get(WORK).status_code == 403
    assert engineer.get(WORK, **outside).status_code == 200


@pytest.fixture
def house():
    return House.built()
