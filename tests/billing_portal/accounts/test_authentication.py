"""Bearer tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from billing_portal.accounts.authentication import TokenAuthentication
from billing_portal.accounts.services import deactivate, make_token, revoke_token
from tests.factories.people import PersonFactory


def caller(header=None):
    headers = {} if header is None else {"HTTP_AUTHORIZATION": header}
    return TokenAuthentication().authenticate(Request(APIRequestFactory().get("/", **headers)))


@pytest.fixture
def made(db, by):
    return make_token(
        user=PersonFactory(),
        label="t",
        expires_at=timezone.now() + timedelta(days=1),
        by=by,
        reason="r",
    )


def test_a_token_in_force_says_who_calls(made):
    token, text = made

    assert caller(f"Bearer {text}") == (token.user, token)


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Token abc"])
def test_without_one_others_may_find_out(header, db):
    assert caller(header) is None


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer unknown", "Bearer \xff"])
def test_a_wrong_one_is_refused(header, db):
    with pytest.raises(AuthenticationFailed):
        caller(header)


def test_a_revoked_one_is_refused(made, by):
    token, text = made
    revoke_token(token=token, by=by, reason="Lost", at=timezone.now())

    with pytest.raises(AuthenticationFailed):
        caller(f"Bearer {text}")


def test_an_expired_one_is_refused(db, by, monkeypatch):
    expires_at = timezone.now() + timedelta(seconds=60)
    _token, text = make_token(
        user=PersonFactory(), label="t", expires_at=expires_at, by=by, reason="r"
    )

    for now, is_in_force in [(expires_at - timedelta(microseconds=1), True), (expires_at, False)]:
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        if is_in_force:
            assert caller(f"Bearer {text}") is not None
        else:
            with pytest.raises(AuthenticationFailed):
                caller(f"Bearer {text}")


def test_one_of_an_ended_account_is_refused(made, by):
    token, text = made
    deactivate(user=token.user, by=by, reason="Left", at=datetime(2026, 3, 1, tzinfo=UTC))

    with pytest.raises(AuthenticationFailed):
        caller(f"Bearer {text}")
