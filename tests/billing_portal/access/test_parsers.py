"""Bodies are read whole, within their limit, or not at all."""

from io import BytesIO

import pytest
from rest_framework.exceptions import ParseError
from rest_framework.test import APIRequestFactory

from billing_portal.access.parsers import AttachmentForm, Json, MessageForm, TooLarge


def read(body: bytes, *, said: int | None = None):
    """What the JSON parser makes of a body that said to have so many bytes."""
    request = APIRequestFactory().post("/", b"", content_type="application/json")
    request.META["CONTENT_LENGTH"] = str(len(body) if said is None else said)
    return Json().parse(BytesIO(body), "application/json", {"request": request})


def test_json_is_read_as_it_is():
    assert read('{"text": "Grüße 😀"}'.encode()) == {"text": "Grüße 😀"}
    assert read(rb'"\ud83d\ude00"') == "😀"  # a whole character, written as its two halves


@pytest.mark.parametrize(
    "body", [rb'"\ud800"', rb'{"\udc00": 1}', b"[" * 90_000, b'{"a":' * 90_000, b"{", b"\xff", b""]
)
def test_what_cannot_be_kept_or_answered_is_refused(body):
    with pytest.raises(ParseError):
        read(body)


@pytest.mark.parametrize(("size", "fits"), [(100, True), (101, False)])
def test_a_body_at_its_limit_is_read_and_one_beyond_is_not(size, fits, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = b'"' + b"x" * (size - 2) + b'"'

    if fits:
        assert len(read(body)) == size - 2
    else:
        with pytest.raises(TooLarge):
            read(body)


def test_a_body_that_ends_early_is_refused_though_it_could_be_read():
    with pytest.raises(ParseError) as refusal:
        read(b"{}", said=3)

    assert refusal.value.get_codes() == "cut_off"


def test_files_may_be_as_large_as_their_own_settings_say(settings):
    settings.ATTACHMENT_MAX_BYTES, settings.MESSAGE_MAX_BYTES = 10_000_000, 20_000_000

    assert AttachmentForm().largest() > 10_000_000
    assert MessageForm().largest() > 20_000_000
