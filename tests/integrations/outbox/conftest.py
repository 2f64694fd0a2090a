"""A partner to send to."""

import pytest

from integrations.outbox.models import Breaker, OutboxMessage
from integrations.ports.commands import TARGETS
from tests.factories.outbox import DestinationFactory
from tests.integrations.outbox.partner import Partner


@pytest.fixture
def partner(monkeypatch):
    made = Partner()
    monkeypatch.setitem(TARGETS._held, made.key, made)
    return made


@pytest.fixture
def destination(partner, db):
    return DestinationFactory(name="partner", target=partner.key)


@pytest.fixture
def later():
    """Let time pass for one message: what it waits for is due."""

    def pass_time(message):
        OutboxMessage.objects.filter(pk=message.pk).update(due_at="2020-01-01T00:00:00Z")
        Breaker.objects.update(open_until=None)

    return pass_time
