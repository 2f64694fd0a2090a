"""How long ago somebody showed who they are."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from billing_portal.access.freshness import FRESH, AuthenticationTooOld, is_fresh, require_fresh

NOW = timezone.now()


def request_of(ago, **fields):
    """A request whose person signed in so many seconds ago."""
    user = SimpleNamespace(pk=7, _meta=None)
    session = {
        "account_authentication_methods": [{"at": (NOW - timedelta(seconds=ago)).timestamp()}]
    }
    return SimpleNamespace(user=user, session=session, **fields)


@pytest.fixture(autouse=True)
def theirs(monkeypatch):
    """Whose sign-ins a session holds is the library's business."""
    monkeypatch.setattr(
        "billing_portal.access.freshness.get_authentication_records",
        lambda request, _user: request.session.get("account_authentication_methods", []),
    )


@pytest.mark.parametrize(("ago", "fresh"), [(1, True), (FRESH - 5, True), (FRESH + 1, False)])
def test_five_minutes_are_fresh(ago, fresh):
    assert is_fresh(request_of(ago), at=NOW) is fresh


def test_a_token_and_a_session_without_a_sign_in_never_are():
    assert not is_fresh(request_of(1, auth=object()), at=NOW)
    assert not is_fresh(SimpleNamespace(user=SimpleNamespace(pk=7), session={}), at=NOW)
    with pytest.raises(AuthenticationTooOld):
        require_fresh(request_of(FRESH + 1), at=NOW)
