"""Taking messages in: every byte is stored, in a transaction of its own, before it is read."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage

from django.conf import settings
from django.db import OperationalError, connection, transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.correlation import current_id, new_id
from billing_portal.kernel.pure.errors import DomainError
from integrations.canonical.models import Source
from integrations.inbox.models import Message, MessageChunk, MessageStatus, Quarantined

CHUNK = 1024 * 1024
RESERVE = 100 * CHUNK  # left on the disk: PostgreSQL falls when it cannot write its own log
LONGEST_ID = 200


class MessageTooLarge(DomainError):
    """The message is larger than this portal takes; nothing of it was kept."""

    code = "message_too_large"


class MessageIdRefused(DomainError):
    """The sender's message id cannot be kept."""

    code = "message_id_refused"


class MessageIncident(DomainError):
    """The sender used one id for two contents. Both are kept, the second is not read."""

    code = "message_incident"


class StorageFailed(DomainError):
    """The database could not store the message; nothing of it was kept, so it can be sent again."""

    code = "message_not_stored"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message that is safely stored; `is_new` is false when it was held already."""

    message: Message
    is_new: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that were written under a message's key."""

    pk: int
    sha256: str
    size: int


def file_message_id(sha256: str) -> str:
    """The message id of a file, which has none of its sender's: what it contains."""
    return f"sha256:{sha256}"


def receive(
    *, source: Source, chunks: Iterable[bytes], filename: str, by: User, message_id: str = ""
) -> Receipt:
    """Store one message as it came, or find that it is held already.

    Commits before it returns (unless the caller holds a transaction open, as a dry run does).
    Raises MessageTooLarge, MessageIdRefused, StorageFailed: then nothing was kept. Raises
    MessageIncident when the same id came with other bytes: these are kept beside the first, with a
    quarantine row and an audit event, and never applied.
    """
    if len(message_id) > LONGEST_ID or not message_id.isprintable():
        raise MessageIdRefused(f"A message id has at most {LONGEST_ID} printable characters.")
    try:
        with transaction.atomic():
            stored = store(chunks)
            receipt, is_incident = keep(
                stored, source=source, filename=filename, by=by, message_id=message_id
            )
            if not receipt.is_new:
                transaction.set_rollback(True)  # its bytes are held already
    except OperationalError as failure:
        raise StorageFailed(
            "The message could not be stored (is the disk full?). Nothing of it was kept."
        ) from failure
    if is_incident:
        raise MessageIncident(
            "This message id was used before with other content. Both are kept; the newer one is"
            " not applied until a person decides.",
            message=str(receipt.message.public_id),
        )
    return receipt


def store(chunks: Iterable[bytes]) -> Stored:
    """Write the bytes in order. The message's own row follows; its key is reserved before."""
    pk, digest, size = next_key(), hashlib.sha256(), 0
    for ordinal, data in enumerate(in_megabytes(chunks), start=1):
        size += len(data)
        if size > settings.MESSAGE_MAX_BYTES:
            raise MessageTooLarge(
                f"A message has at most {settings.MESSAGE_MAX_BYTES:,} bytes. Nothing was kept."
            )
        ensure_room()
        digest.update(data)
        MessageChunk.objects.create(message_id=pk, ordinal=ordinal, data=data)
    return Stored(pk, digest.hexdigest(), size)


def ensure_room() -> None:
    """Stop while the database still has room to stand. Raises StorageFailed.

    Looks at the disk of PORTAL_HOME, where the embedded database is; a server elsewhere says itself
    that its disk is full.
    """
    home = Path(settings.PORTAL_HOME)
    free = disk_usage(next(folder for folder in (home, *home.parents) if folder.exists())).free
    if free < RESERVE:
        raise StorageFailed(
            f"The disk is nearly full: {free // CHUNK} MB are free, {RESERVE // CHUNK} MB are kept"
            " for the database. Nothing of the message was kept: free some space, then send it"
            " again."
        )


def next_key() -> int:
    """A key for a message that is about to be stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('integrations_message', 'id'))")
        return int(cursor.fetchone()[0])


def in_megabytes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one megabyte, whatever pieces they came in."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    if waiting:
        yield bytes(waiting)


def keep(
    stored: Stored, *, source: Source, filename: str, by: User, message_id: str
) -> tuple[Receipt, bool]:
    """Give stored bytes their message, or the one that holds its id; whether it is an incident."""
    own_id = message_id or file_message_id(stored.sha256)
    receipt = insert(stored, source=source, filename=filename, by=by, message_id=own_id)
    if receipt.is_new:
        note(receipt.message, by=by, verb="message.received", reason="a message was received")
        return receipt, False
    if receipt.message.sha256 == stored.sha256:
        return receipt, False
    beside = f"{own_id}#{stored.sha256}"
    incident = insert(stored, source=source, filename=filename, by=by, message_id=beside)
    if incident.is_new:
        record_incident(incident.message, by=by)
    return incident, True


def insert(stored: Stored, *, source: Source, filename: str, by: User, message_id: str) -> Receipt:
    """Insert the message, or find the one with this id, waiting for a twin that is being stored."""
    fresh = Message(
        pk=stored.pk,
        source=source,
        message_id=message_id,
        sha256=stored.sha256,
        size=stored.size,
        filename=printable(filename),
        correlation_id=current_id() or new_id(),
        received_by=by,
    )
    Message.objects.bulk_create([fresh], ignore_conflicts=True)
    held = Message.objects.get(source=source, message_id=message_id)
    return Receipt(held, is_new=held.pk == stored.pk)


def printable(filename: str) -> str:
    """A file's last name without what a page or a terminal would stumble over."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:LONGEST_ID]


def record_incident(message: Message, *, by: User) -> None:
    """Keep an incident's message from being applied and put it before a person."""
    Message.objects.filter(pk=message.pk).update(status=MessageStatus.INCIDENT)
    Quarantined.objects.create(
        message=message,
        position=0,
        reason_code=MessageIncident.code,
        reason="Its message id came before with other content.",
    )
    note(message, by=by, verb="message.incident", reason="one message id, two contents")


def note(message: Message, *, by: User, verb: str, reason: str) -> None:
    """Append to the source's chain what happened to a message."""
    audit.record(
        chain=f"source:{message.source.name}",
        verb=verb,
        subject=f"message:{message.pk}",
        by=by,
        reason=reason,
        sha256=message.sha256,
        size=message.size,
    )
