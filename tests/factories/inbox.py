"""Messages, the feed, schedules and heartbeats."""

import hashlib

import factory
from django.utils import timezone

from billing_portal.access.actor import system_actor
from integrations.feed.models import Change, Cursor, Record
from integrations.health.models import Heartbeat
from integrations.inbox.models import Message, MessageChunk, MessagePart, PartStatus, Quarantined
from integrations.sync.models import ScheduleSlot
from tests.factories.base import Made
from tests.factories.integrations import SourceFactory


class MessageFactory(Made):
    """A message that waits."""

    class Meta:
        model = Message

    source = factory.SubFactory(SourceFactory)
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    message_id = factory.LazyAttribute(lambda message: f"sha256:{message.sha256}")
    size = 0
    filename = "remittance.835"
    correlation_id = factory.Sequence(lambda n: f"message-{n}")
    received_by = factory.LazyFunction(lambda: system_actor("tests"))


class MessageChunkFactory(Made):
    """A piece of it."""

    class Meta:
        model = MessageChunk

    message = factory.SubFactory(MessageFactory)
    ordinal = 1
    data = b"ISA"


class MessagePartFactory(Made):
    """A transaction that was applied."""

    class Meta:
        model = MessagePart

    message = factory.SubFactory(MessageFactory)
    ordinal = 1
    position = 3
    status = PartStatus.APPLIED


class QuarantinedFactory(Made):
    """A claim that does not balance."""

    class Meta:
        model = Quarantined

    message = factory.SubFactory(MessageFactory)
    position = factory.Sequence(lambda n: n + 1)
    reason_code = "claim_unbalanced"
    reason = "The claim does not balance."


class ChangeFactory(Made):
    """A claim changed."""

    class Meta:
        model = Change

    record = Record.CLAIM
    record_id = factory.Sequence(lambda n: n + 1)


class CursorFactory(Made):
    """A reader of the feed at its start."""

    class Meta:
        model = Cursor

    consumer = factory.Sequence(lambda n: f"consumer-{n}")


class HeartbeatFactory(Made):
    """A source that was heard."""

    class Meta:
        model = Heartbeat

    source = factory.SubFactory(SourceFactory)
    last_success_at = factory.LazyFunction(timezone.now)


class ScheduleSlotFactory(Made):
    """A pull that runs."""

    class Meta:
        model = ScheduleSlot

    job = "pull:test-clearinghouse"
    slot = factory.LazyFunction(timezone.now)
