import hashlib

import pytest
from django.db import connection

from billing_portal.access.actor import system_actor
from billing_portal.audit.models import AuditEvent
from integrations.inbox import services
from integrations.inbox.contents import chunks_of, held
from integrations.inbox.models import Message, MessageChunk, MessageStatus, Quarantined
from tests.factories.integrations import SourceFactory

CONTENT = b"ISA*" + b"x" * 3_000_000


@pytest.fixture
def receive(source):
    def receive(content=CONTENT, **more):
        chunks = content if isinstance(content, list) else [content]
        return services.receive(
            source=more.pop("source", source),
            chunks=chunks,
            filename=more.pop("filename", "a.835"),
            by=system_actor("ingest"),
            **more,
        )

    return receive


def test_the_bytes_are_kept_as_they_came_in_megabytes(receive, source):
    receipt = receive([CONTENT[:10], CONTENT[10:2_500_000], CONTENT[2_500_000:]])

    message = receipt.message
    assert receipt.is_new
    assert b"".join(chunks_of(message)) == CONTENT
    assert [len(chunk) for chunk in chunks_of(message)] == [1 << 20, 1 << 20, 3_000_004 - (2 << 20)]
    assert (message.size, message.status) == (len(CONTENT), MessageStatus.RECEIVED)
    assert message.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert message.message_id == f"sha256:{message.sha256}"
    assert held(source=source, sha256=message.sha256) == message


def test_the_same_bytes_under_another_name_are_held_already(receive):
    first = receive(filename="a.835")
    again = receive(filename="b.835")

    assert not again.is_new
    assert again.message == first.message
    assert MessageChunk.objects.count() == 3, "and are not kept twice"
    assert AuditEvent.objects.filter(verb="message.received").count() == 1


def test_another_source_may_send_the_same_bytes(receive):
    first, other = receive(), receive(source=SourceFactory(name="other"))

    assert other.is_new
    assert other.message != first.message


def test_a_senders_id_is_kept(receive):
    assert receive(b"one", message_id="batch-7").message.message_id == "batch-7"
    assert not receive(b"one", message_id="batch-7").is_new


def test_one_id_with_two_contents_keeps_both_and_applies_one(receive):
    first = receive(b"one", message_id="batch-7").message
    for _ in range(2):
        with pytest.raises(services.MessageIncident):
            receive(b"other", message_id="batch-7")

    incident = Message.objects.exclude(pk=first.pk).get()
    assert incident.status == MessageStatus.INCIDENT
    assert b"".join(chunks_of(incident)) == b"other"
    assert b"".join(chunks_of(first)) == b"one"
    assert Quarantined.objects.get(message=incident).reason_code == "message_incident"
    assert AuditEvent.objects.filter(verb="message.incident").count() == 1


def test_a_message_over_the_limit_leaves_nothing(receive, settings):
    settings.MESSAGE_MAX_BYTES = 2_000_000

    with pytest.raises(services.MessageTooLarge):
        receive()
    assert not Message.objects.exists()
    assert not MessageChunk.objects.exists()


def test_a_full_disk_leaves_nothing_and_says_so(receive, monkeypatch):
    """The server's own refusal, in the middle of storing."""
    full = "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$"

    def pieces():
        yield CONTENT[: 1 << 20]
        with connection.cursor() as cursor:
            cursor.execute(full)

    with pytest.raises(services.StorageFailed, match="Nothing of it was kept"):
        receive_chunks(receive, pieces())
    assert not Message.objects.exists()
    assert not MessageChunk.objects.exists()
    assert receive().is_new, "and it can be sent again"


def receive_chunks(receive, pieces):
    class Pieces(list):
        def __iter__(self):
            return pieces

    return receive(Pieces())


@pytest.mark.parametrize("message_id", ["x" * 201, "tab\there", "nul\0"])
def test_an_id_that_cannot_be_kept_is_refused(receive, message_id):
    with pytest.raises(services.MessageIdRefused):
        receive(b"one", message_id=message_id)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/a.835", "a.835"), ("C:\\in\\b.835", "b.835"), ("c\n\0.835", "c??.835")],
)
def test_only_the_printable_last_name_of_a_file_is_kept(receive, given, kept):
    assert receive(b"one", filename=given).message.filename == kept
