"""Every address turns strangers away, but for the few that are there for them."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.exceptions import NoReverseMatch

pytestmark = pytest.mark.django_db

FOR_STRANGERS = {
    "/livez",
    "/readyz",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/inactive/",
    "/accounts/reauthenticate/",
    "/accounts/signup/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/1/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-1/",
    "/accounts/password/reset/key/done/",
    "/accounts/login/code/confirm/",
    "/accounts/2fa/authenticate/",
}
"""Sign-in and what leads to it, and the two probes; each shows nothing of the portal's data."""

VALUES: dict[str, Any] = {
    "int": 1,
    "slug": "billing",
    "uuid": uuid.UUID(int=7),
    "str": "billing",
    "path": "billing",
}
ELSEWHERE = "203.0.113.9"
SIGN_INS = ("/accounts/", "/admin/login/")
REFUSED = {302, 401, 403, 404, 405}


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """One address of every pattern, its parts filled in."""
    for pattern in resolver.url_patterns:
        path = before + filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield f"/{path}"


def filled(pattern: str) -> str:
    """A pattern with something in each of its places."""
    text = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "1", pattern)
    text = re.sub(r"<(?:(\w+):)?\w+>", lambda found: str(VALUES[found[1] or "str"]), text)
    return re.sub(r"\\Z|[\^$?]", "", text).replace("\\.", ".").replace("\\", "")


ADDRESSES = sorted(set(addresses(get_resolver())))


def lets_in(response: Any) -> bool:
    """Whether a stranger gets anything but a refusal or the way to the sign-in."""
    if response.status_code == 302:
        return not response["Location"].startswith(SIGN_INS)
    return response.status_code not in REFUSED


@pytest.mark.parametrize("address", [each for each in ADDRESSES if each not in FOR_STRANGERS])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_turned_away(client, method, address):
    cache.clear()  # strangers' calls are counted, and these are more than a minute's
    response = getattr(client, method)(address, REMOTE_ADDR=ELSEWHERE)

    assert not lets_in(response), f"{method} {address}: {response.status_code}"


def test_every_address_is_tried():
    assert len(ADDRESSES) > 60
    assert {"/", "/api/v1/cases/", "/admin/", "/livez"} <= set(ADDRESSES)


@pytest.mark.parametrize("address", sorted(FOR_STRANGERS))
def test_what_strangers_may_see_is_there(client, address):
    assert address in ADDRESSES
    assert client.get(address).status_code < 500


def test_an_open_address_would_be_noticed(client):
    assert lets_in(client.get("/livez"))
    assert lets_in(client.get("/accounts/login/"))


def test_places_in_patterns_are_filled():
    assert filled("case/<uuid:public_id>/") == f"case/{VALUES['uuid']}/"
    assert filled(r"^key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$") == "key/1-1/"
    with pytest.raises(NoReverseMatch):
        get_resolver().reverse("never_heard_of")
