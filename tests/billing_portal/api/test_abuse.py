"""What nobody sends by mistake is refused like any other call: as a problem, never as a bug."""

from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.test import Client

from cases.evidence.models import Attachment
from cases.work.models import Case, Note
from integrations.inbox.models import Message
from tests.house import House

pytestmark = pytest.mark.django_db
API = "/api/v1/"
MESSAGES = f"{API}messages/?source=clearinghouse"
DEEP = b"[" * 100_000


@pytest.fixture
def client(house: House):
    made = house.client(house.person("denial_specialist"))
    made.raise_request_exception = False
    return made


@pytest.fixture
def poster(house: House):
    made = house.client(house.person("payment_poster"))
    made.raise_request_exception = False
    return made


def is_problem(answer, status: HTTPStatus, code: str) -> bool:
    assert answer["Content-Type"] == "application/problem+json", answer.content[:200]
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    return True


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("assign", r'{"version": 1, "reason": "r", "owner": "a\u0000b"}'),
        ("transfer", r'{"version": 1, "reason": "r", "queue": "\u0000"}'),
        ("wait", r'{"version": 1, "reason": "r", "waiting_for": "\ud800"}'),
        ("resolve", r'{"version": 1, "reason": "r", "disposition": "\udfff"}'),
        ("comment", r'{"text": "a\u0000b"}'),
        ("comment", r'{"text": "\ud800"}'),
        ("comment", r'{"text": "t", "kind": "\ud800"}'),
        ("comment", r'{"text": "t", "\ud800": 1}'),
        ("reveal", r'{"purpose": "\ud800"}'),
        ("comment", DEEP),
        ("comment", b'{"a":' * 50_000),
        ("comment", "[]"),
        ("comment", '"text"'),
        ("comment", "NaN"),
        ("comment", b"\xff\xfe{}"),
        ("claim", '{"version": ' + "9" * 5_000 + "}"),
        ("claim", '{"version": 1e400}'),
    ],
)
def test_text_that_nobody_can_keep_is_refused(verb, body, house, client):
    case = house.case()

    answer = client.post(
        f"{API}cases/{case.public_id}/{verb}/", body, content_type="application/json"
    )

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert Case.objects.get(pk=case.pk).version == 1
    assert not Note.objects.exists()


@pytest.mark.parametrize("body", [r'{"queues": ["\u0000"]}', r'{"queues": ["\ud800"]}', DEEP])
def test_claim_next_takes_nothing_for_a_queue_that_cannot_be(body, house, client):
    case = house.case()

    answer = client.post(f"{API}cases/claim-next/", body, content_type="application/json")

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert Case.objects.get(pk=case.pk).owner is None


@pytest.mark.parametrize("tag", ["9" * 5_000, "9" * 40, "*", "-1", '"1", "2"', "\u00b2"])
def test_a_version_in_if_match_that_is_none_is_refused(tag, house, client):
    case = house.case()

    answer = client.post(
        f"{API}cases/{case.public_id}/claim/",
        "{}",
        content_type="application/json",
        headers={"If-Match": tag},
    )

    assert is_problem(answer, HTTPStatus.BAD_REQUEST, "invalid")
    assert Case.objects.get(pk=case.pk).version == 1


@pytest.mark.parametrize(
    "query",
    [
        "amount_min=1e-999999",
        "amount_max=1e999999",
        "amount_min=NaN",
        "amount_max=Infinity",
        "amount_min=" + "9" * 400,
        "queue=%00",
        "owner=%00",
    ],
)
def test_a_filter_that_no_row_can_meet_is_refused(query, house, client):
    house.case()

    assert is_problem(client.get(f"{API}cases/?{query}"), HTTPStatus.BAD_REQUEST, "invalid")


@pytest.mark.parametrize("size", ["0", "-5", "abc", "9" * 50])
def test_a_page_size_that_is_none_gives_a_page_of_the_usual_size(size, house, client):
    house.case()

    assert len(client.get(f"{API}cases/?page_size={size}").json()["results"]) == 1


def test_a_body_beyond_the_limit_is_refused_unread(house, client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    case = house.case()

    answer = client.post(f"{API}cases/{case.public_id}/comment/", {"text": "x" * 200}, "json")

    assert is_problem(answer, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    assert not Note.objects.exists()


def test_a_form_with_a_field_beyond_the_limit_is_refused(house, client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    case = house.case()
    fields = {f"field{number}": "x" for number in range(9)}

    answer = client.post(f"{API}cases/{case.public_id}/comment/", fields, "multipart")

    assert is_problem(answer, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")


@pytest.fixture
def store(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    settings.ATTACHMENT_MAX_BYTES = 2_000
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("big.txt", b"x" * 3_000, 413, "file_size_refused"),
        ("huge.txt", b"x" * 200_000, 413, "too_large"),
        ("page.html", b"<script>alert(1)</script>", 415, "file_type_refused"),
        ("not-a.png", b"plain words", 415, "file_type_refused"),
        ("../../etc/passwd", b"plain words", 415, "file_type_refused"),
    ],
)
def test_a_file_that_no_case_holds_is_refused_by_its_own_status(
    name, content, status, code, house, client, store
):
    case = house.case()
    body = {"file": SimpleUploadedFile(name, content)}

    answer = client.post(f"{API}cases/{case.public_id}/attach/", body, "multipart")

    assert is_problem(answer, status, code)
    assert not Attachment.objects.exists()
    assert not [found for found in store.rglob("*") if found.is_file()]


@pytest.mark.parametrize("source", ["%00", "%ed%a0%80", "x" * 3_000])
def test_a_source_that_cannot_be_is_refused(source, poster):
    answer = poster.post(
        f"{API}messages/?source={source}", b"ISA", content_type="application/edi-x12"
    )

    assert is_problem(answer, HTTPStatus.BAD_REQUEST, "invalid")
    assert not Message.objects.exists()


def cut_off(client, address: str, body: bytes, content_type: str, *, said: int):
    """A call whose sender was lost: it said more bytes than came."""
    return client.generic(
        "POST",
        address,
        b"",
        content_type,
        **{"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(said)},
    )


def test_a_message_that_was_cut_off_on_its_way_is_not_taken_for_a_whole_one(poster):
    answer = cut_off(poster, MESSAGES, b"ISA*00*", "application/edi-x12", said=1_000)

    assert is_problem(answer, HTTPStatus.BAD_REQUEST, "cut_off")
    assert not Message.objects.exists()


def test_a_file_that_was_cut_off_is_not_attached(house, client, store):
    body = (
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhalf of"
    )

    answer = cut_off(
        client,
        f"{API}cases/{house.case().public_id}/attach/",
        body,
        "multipart/form-data; boundary=B",
        said=1_000,
    )

    assert is_problem(answer, HTTPStatus.BAD_REQUEST, "cut_off")
    assert not Attachment.objects.exists()


def test_a_body_of_unknown_length_is_refused(poster):
    answer = poster.post(
        MESSAGES,
        b"ISA*00*",
        content_type="application/edi-x12",
        headers={"Transfer-Encoding": "chunked"},
        CONTENT_LENGTH="",
    )

    assert is_problem(answer, HTTPStatus.LENGTH_REQUIRED, "length_required")
    assert not Message.objects.exists()


@pytest.mark.parametrize("address", ["cases/", "schema/", "docs/"])
def test_a_type_that_is_not_offered_is_a_problem_in_json(address, client):
    answer = client.get(API + address, headers={"Accept": "image/png"})

    assert is_problem(answer, HTTPStatus.NOT_ACCEPTABLE, "not_acceptable")


def test_a_bug_is_answered_as_a_problem_too(house, client, monkeypatch):
    def broken(*_args, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr("cases.api.cases.looking.listed", broken)

    answer = client.get(f"{API}cases/")

    assert is_problem(answer, HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error")
    assert "ZeroDivision" not in answer.content.decode()


@pytest.mark.parametrize(
    ("cause", "status", "code"),
    [
        (psycopg.errors.CrashShutdown(), HTTPStatus.SERVICE_UNAVAILABLE, "database_unavailable"),
        (psycopg.errors.LockNotAvailable(), HTTPStatus.SERVICE_UNAVAILABLE, "database_unavailable"),
        (psycopg.OperationalError(), HTTPStatus.SERVICE_UNAVAILABLE, "database_unavailable"),
        (psycopg.errors.QueryCanceled(), HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error"),
    ],
)
def test_a_database_that_is_away_or_held_up_is_worth_asking_again(
    house, client, monkeypatch, cause, status, code
):
    def broken(*_args, **_named):
        raise OperationalError from cause

    monkeypatch.setattr("cases.api.cases.looking.listed", broken)

    answer = client.get(f"{API}cases/")

    assert is_problem(answer, status, code)
    assert ("Retry-After" in answer) == (status == HTTPStatus.SERVICE_UNAVAILABLE)


def test_a_page_says_so_too(house, client, monkeypatch):
    def broken(*_args, **_named):
        raise InterfaceError from psycopg.InterfaceError()

    monkeypatch.setattr("cases.web.views.approvals.looking.listed", broken)
    client.force_login(house.person("team_lead"))

    answer = client.get("/approvals/")

    assert (answer.status_code, answer["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
    assert "held up for a moment" in answer.content.decode()


def test_a_session_that_cannot_be_kept_says_so_too(house, client, monkeypatch):
    """Django takes it for a session that was deleted, after the deed is done."""
    client.force_login(house.person("team_lead"))

    def broken(*_args, **_named):
        raise OperationalError from psycopg.errors.AdminShutdown()

    monkeypatch.setattr("django.contrib.sessions.models.Session.save", broken)

    answer = client.get("/approvals/")

    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "held up for a moment" in answer.content.decode()


def test_a_session_that_ended_meanwhile_is_no_such_thing(house, client, monkeypatch):
    client.force_login(house.person("team_lead"))
    monkeypatch.setattr("cases.web.views.approvals.looking.listed", lambda **_: end_sessions())

    assert client.get("/approvals/").status_code == HTTPStatus.BAD_REQUEST


def end_sessions():
    Session.objects.all().delete()


def test_a_call_for_another_host_is_answered_as_a_problem(db):
    answer = Client().get(f"{API}cases/", headers={"Host": "evil.example"})

    assert is_problem(answer, HTTPStatus.BAD_REQUEST, "bad_request")


def test_a_page_that_breaks_is_still_a_page(db):
    answer = Client().get("/accounts/login/", headers={"Host": "evil.example"})

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer["Content-Type"].startswith("text/html")
