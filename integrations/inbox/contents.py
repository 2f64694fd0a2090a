"""The stored bytes of a message, and what is held of them."""

from collections.abc import Iterator
from itertools import count

from integrations.canonical.models import Source
from integrations.inbox.models import Message, MessageChunk
from integrations.inbox.services import file_message_id


def chunks_of(message: Message) -> Iterator[bytes]:
    """The bytes as they came, a megabyte at a time."""
    for ordinal in count(1):
        chunk = MessageChunk.objects.filter(message=message, ordinal=ordinal).first()
        if chunk is None:
            return
        yield bytes(chunk.data)


def held(*, source: Source, sha256: str) -> Message | None:
    """The message of a file with this content, if it was received before."""
    return Message.objects.filter(source=source, message_id=file_message_id(sha256)).first()
