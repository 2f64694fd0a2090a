"""The only writers of accounts."""

import secrets
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from billing_portal.accounts.authentication import digest_of
from billing_portal.accounts.models import ApiToken, User, UserKind
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError

SHOWN = 8  # letters of a token that are kept to tell it from others


class TokenRefused(DomainError):
    """Only active people and services hold tokens."""

    code = "token_refused"


@transaction.atomic
def deactivate(*, user: User, by: User, reason: str, at: datetime) -> User:
    """End an account: sign-in, sessions and tokens die with it, effective with the next request.

    Locks the user's row; done twice is done once. Roles stay on record: `scope_ids` and `has_perm`
    give an inactive user nothing. Audited on the user's chain.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        return locked
    locked.is_active = False
    locked.version += 1
    save_because(locked, by=by, reason=reason, fields=["is_active", "version"])
    live = locked.api_tokens.filter(revoked_at=None).order_by("pk")
    for token in live.select_for_update():
        _revoke(token, by=by, reason=reason, at=at)
    end_sessions(user=locked)
    _record("user.deactivated", locked, by=by, reason=reason)
    return locked


@transaction.atomic
def reactivate(*, user: User, by: User, reason: str) -> User:
    """Open an ended account again; revoked tokens stay revoked. Audited on the user's chain."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active:
        return locked
    locked.is_active = True
    locked.version += 1
    save_because(locked, by=by, reason=reason, fields=["is_active", "version"])
    _record("user.reactivated", locked, by=by, reason=reason)
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
    """A new API token, and its text, which is shown this once and kept nowhere.

    Raises TokenRefused for the inactive and for systems. Audited on the user's chain.
    """
    if not user.is_active or user.kind == UserKind.SYSTEM:
        raise TokenRefused(f"{user} cannot hold a token: only active people and services can.")
    text = f"bp_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        user=user, label=label, prefix=text[:SHOWN], digest=digest_of(text), expires_at=expires_at
    )
    save_because(token, by=by, reason=reason)
    _record("token.made", user, by=by, reason=reason, token=token.pk)
    return token, text


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User, reason: str, at: datetime) -> None:
    """Make a token useless from now on; revoked twice is revoked once. Audited."""
    locked = ApiToken.objects.select_for_update().get(pk=token.pk)
    if locked.revoked_at is None:
        _revoke(locked, by=by, reason=reason, at=at)


def _revoke(token: ApiToken, *, by: User, reason: str, at: datetime) -> None:
    token.revoked_at = at
    save_because(token, by=by, reason=reason, fields=["revoked_at"])
    _record("token.revoked", token.user, by=by, reason=reason, token=token.pk)


def _record(verb: str, user: User, *, by: User, reason: str, **facts: object) -> None:
    audit.record(
        chain=f"user:{user.pk}",
        verb=verb,
        subject=f"user:{user.pk}",
        by=by,
        reason=reason,
        **facts,
    )
