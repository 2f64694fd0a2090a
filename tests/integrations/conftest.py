"""What tests of the way in may ask for."""

import pytest

from billing_portal.access.actor import system_actor
from integrations.canonical.models import Source
from integrations.inbox.applying import apply_message
from integrations.inbox.models import Message
from integrations.inbox.services import receive
from tests.factories.integrations import SourceFactory
from tests.generators.remit import Remit, interchange


class Door:
    """Takes files in, one after the other."""

    def __init__(self, source: Source) -> None:
        self.source, self.by, self.control = source, system_actor("ingest"), 0

    def takes(self, *remits: Remit) -> Message:
        """A file of these payments, never the same bytes twice."""
        self.control += 1
        return self.takes_bytes(interchange(*remits, control=self.control))

    def takes_bytes(self, content: bytes, filename: str = "a.835") -> Message:
        """Store and apply."""
        receipt = receive(source=self.source, chunks=[content], filename=filename, by=self.by)
        return apply_message(message_pk=receipt.message.pk, by=self.by)


@pytest.fixture
def source(db):
    return SourceFactory()


@pytest.fixture
def door(source):
    return Door(source)
