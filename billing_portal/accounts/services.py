"""The only writers of accounts."""

import secrets
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from billing_portal.accounts.authentication import digest_of
from billing_portal.accounts.models import ApiToken, User
from billing_portal.kernel.models.history import save_because


@transaction.atomic
def deactivate(*, user: User, by: User, reason: str, at: datetime) -> User:
    """End an account: sign-in, sessions and tokens die with it.

    Locks the user's row. Grants stay on the groups; `scope_ids` gives an inactive user nothing.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.is_active = False
    locked.version += 1
    save_because(locked, by=by, reason=reason, fields=["is_active", "version"])
    for token in locked.api_tokens.select_for_update().filter(revoked_at=None):
        revoke_token(token=token, by=by, reason=reason, at=at)
    end_sessions(user=locked)
    return locked


def end_sessions(*, user: User) -> None:
    """Sign somebody out everywhere."""
    held = [
        session.pk
        for session in Session.objects.all().iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(pk__in=held).delete()


@transaction.atomic
def make_token(
    *, user: User, label: str, expires_at: datetime, by: User, reason: str
) -> tuple[ApiToken, str]:
    """A new API token, and its text, which is shown this once and kept nowhere."""
    text = f"bp_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        user=user, label=label, prefix=text[:8], digest=digest_of(text), expires_at=expires_at
    )
    save_because(token, by=by, reason=reason)
    return token, text


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User, reason: str, at: datetime) -> None:
    """Make a token useless from now on."""
    locked = ApiToken.objects.select_for_update().get(pk=token.pk)
    locked.revoked_at = at
    save_because(locked, by=by, reason=reason, fields=["revoked_at"])
