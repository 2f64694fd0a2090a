"""Messages by the API: sent in once, followed, and read only by those who may."""

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from billing_portal.audit.models import AuditEvent
from integrations.inbox.models import Message, MessageStatus, Quarantined

pytestmark = pytest.mark.django_db
MESSAGES = "/api/v1/messages/"
X12 = b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260301*"


@pytest.fixture
def poster(house):
    return house.client(house.person("payment_poster", username="poster"))


def send(client, content: bytes = X12, *, source: str = "clearinghouse", **headers):
    return client.post(
        f"{MESSAGES}?source={source}", content, content_type="application/edi-x12", **headers
    )


def test_a_message_is_stored_before_it_is_answered(poster):
    answer = send(poster, HTTP_CONTENT_DISPOSITION='attachment; filename="march.835"')

    held = Message.objects.get()
    assert answer.status_code == 202, answer.data
    assert answer.data["id"] == str(held.public_id)
    assert (held.status, held.filename, held.size) == (
        MessageStatus.RECEIVED,
        "march.835",
        len(X12),
    )
    assert b"".join(bytes(chunk.data) for chunk in held.chunks.all()) == X12
    assert held.received_by.username == "poster"


def test_it_may_come_as_a_form_too(poster):
    body = {"source": "clearinghouse", "file": SimpleUploadedFile("march.835", X12)}

    answer = poster.post(MESSAGES, body, "multipart")

    assert (answer.status_code, Message.objects.get().filename) == (202, "march.835")


def test_the_same_bytes_again_are_held_already(poster):
    first, second = send(poster), send(poster, HTTP_CONTENT_DISPOSITION="attachment; filename=b")

    assert (first.status_code, second.status_code) == (202, 200)
    assert first.data["id"] == second.data["id"]
    assert Message.objects.count() == 1


def test_the_idempotency_key_is_the_message_id(poster):
    first = send(poster, HTTP_IDEMPOTENCY_KEY="batch 7")
    again = send(poster, HTTP_IDEMPOTENCY_KEY="batch 7")
    other = send(poster, X12 + b"~", HTTP_IDEMPOTENCY_KEY="batch 7")

    assert [first.status_code, again.status_code, other.status_code] == [202, 200, 422]
    assert first.data["message_id"] == "batch 7"
    assert other.json()["code"] == "message_incident"
    assert Message.objects.filter(status=MessageStatus.INCIDENT).count() == 1


@pytest.mark.parametrize("source", ["", "nobody"])
def test_a_message_needs_a_source_that_is_known(source, poster):
    answer = send(poster, source=source)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "source"
    assert not Message.objects.exists()


def test_a_message_needs_a_body(poster):
    answer = poster.post(
        f"{MESSAGES}?source=clearinghouse", b"", content_type="application/edi-x12"
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "file"


def test_a_message_that_is_too_large_is_refused_before_it_is_read(poster, settings):
    settings.MESSAGE_MAX_BYTES = 20

    answer = send(poster)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not Message.objects.exists()


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "text/html"])
def test_other_types_are_refused(content_type, poster):
    answer = poster.post(f"{MESSAGES}?source=clearinghouse", X12, content_type=content_type)

    assert answer.status_code == 415


def test_a_message_is_followed_with_its_quarantine(poster):
    send(poster)
    held = Message.objects.get()
    Quarantined.objects.create(
        message=held, position=12, claim="PCN1", reason_code="unbalanced", reason="One cent off."
    )

    shown = poster.get(f"{MESSAGES}{held.public_id}/").data
    (waiting,) = poster.get(f"{MESSAGES}{held.public_id}/quarantined/").data["results"]

    assert (shown["status"], shown["sha256"]) == ("received", held.sha256)
    assert (waiting["position"], waiting["claim"], waiting["reason"]) == (
        12,
        "PCN1",
        "One cent off.",
    )
    assert poster.get(f"{MESSAGES}{held.public_id}/parts/").data["results"] == []


@pytest.mark.parametrize("rows", [1, 25])
def test_a_list_costs_the_same_queries_for_any_number_of_rows(
    rows, poster, django_assert_num_queries
):
    for number in range(rows):
        send(poster, X12 + str(number).encode())

    # token, permissions of roles, the page
    with django_assert_num_queries(3):
        answer = poster.get(MESSAGES)

    assert len(answer.data["results"]) == rows


def test_bytes_are_for_those_who_may_and_their_reading_is_recorded(house, poster):
    send(poster)
    held = Message.objects.get()
    reader = house.person("compliance_officer")
    group = reader.groups.get()
    for codename in ("download_message", "view_message"):
        group.permissions.add(Permission.objects.get(codename=codename))

    refused = poster.get(f"{MESSAGES}{held.public_id}/body/")
    given = house.client(reader).get(f"{MESSAGES}{held.public_id}/body/")

    assert refused.status_code == 403
    assert b"".join(given.streaming_content) == X12
    assert given["Content-Security-Policy"] == "sandbox"
    assert given["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.filter(verb="message.downloaded", actor=reader).count() == 1
