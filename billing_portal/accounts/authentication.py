"""Bearer tokens for the API."""

import hashlib
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from billing_portal.accounts.models import ApiToken, User


def digest_of(token: str) -> str:
    """What is kept of a token: SHA-256, hexadecimal. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`: in force, not revoked, of an active user."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Who calls, or None when no token is sent. Raises AuthenticationFailed."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("Send one token: Authorization: Bearer <token>.")
        token = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest_of(words[1].decode("ascii", "replace")), revoked_at=None)
            .filter(expires_at__gt=timezone.now(), user__is_active=True)
            .first()
        )
        if token is None:
            raise AuthenticationFailed("The token is unknown, expired or revoked.")
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        """Makes a refusal 401, not 403."""
        return "Bearer"
