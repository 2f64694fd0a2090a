"""Destinations, and what they are asked."""

import hashlib
import uuid
from datetime import date
from decimal import Decimal

import factory
from django.utils import timezone

from integrations.outbox.lifecycle import Act, Answer
from integrations.outbox.models import Attempt, Breaker, Destination, OutboxMessage
from integrations.ports.commands import JournalLineCommand, PostJournal, encode
from tests.factories.base import Made


def journal(amount="125.50", *, number="1"):
    """A balanced journal: an allowance of so many dollars."""
    value = Decimal(amount)
    return PostJournal(
        entity="north",
        journal="ADJ",
        posting_on=date(2026, 3, 2),
        original_on=date(2026, 3, 2),
        currency="USD",
        description=f"Allowance {number}",
        lines=(
            JournalLineCommand("4010", value, Decimal("0.00"), "Allowance"),
            JournalLineCommand("1200", Decimal("0.00"), value, "Receivable"),
        ),
    )


class DestinationFactory(Made):
    """A ledger on this machine."""

    class Meta:
        model = Destination
        django_get_or_create = ("name",)

    name = "test-ledger"
    label = "Test ledger"
    target = "sandbox"
    url = "http://127.0.0.1:9"
    allows_loopback = True
    request_limit_seconds = 30


class BreakerFactory(Made):
    """A destination that answered last."""

    class Meta:
        model = Breaker

    destination = factory.SubFactory(DestinationFactory)


class OutboxMessageFactory(Made):
    """A journal of an order of its own, due now."""

    class Meta:
        model = OutboxMessage

    class Params:
        command = factory.LazyFunction(journal)

    event_key = factory.LazyFunction(uuid.uuid4)
    destination = factory.SubFactory(DestinationFactory)
    kind = factory.LazyAttribute(lambda message: message.command.kind)
    payload = factory.LazyAttribute(lambda message: encode(message.command))
    digest = factory.LazyAttribute(
        lambda message: hashlib.sha256(message.payload.encode()).hexdigest()
    )
    total = factory.LazyAttribute(lambda message: message.command.total)
    order_key = factory.Sequence(lambda n: f"order:{n}")
    position = 1
    correlation_id = factory.Sequence(lambda n: f"outbox-{n}")
    added_at = factory.LazyFunction(timezone.now)
    due_at = factory.LazyFunction(timezone.now)


class AttemptFactory(Made):
    """One that was not heard."""

    class Meta:
        model = Attempt

    message = factory.SubFactory(OutboxMessageFactory)
    number = 1
    act = Act.SEND
    answer = Answer.NOT_REACHED
    milliseconds = 12
