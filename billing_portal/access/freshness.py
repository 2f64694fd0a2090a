"""How long ago somebody showed who they are: money above a limit wants it done lately."""

from datetime import datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from billing_portal.kernel.pure.errors import DomainError

FRESH = 5 * 60  # seconds; rules.md, R19


class AuthenticationTooOld(DomainError):
    """Above the policy's limit one signs in again first (HTTP 403)."""

    code = "authentication_too_old"


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether this session's person signed in, or showed again who they are, in five minutes.

    A token is no person at the keyboard: it never is.
    """
    user: Any = request.user
    if getattr(request, "session", None) is None or getattr(request, "auth", None) is not None:
        return False
    newest = max(
        (each["at"] for each in get_authentication_records(request, user)), default=float("-inf")
    )
    return bool(at.timestamp() - newest < FRESH)


def require_fresh(request: HttpRequest, *, at: datetime) -> None:
    """Raises AuthenticationTooOld unless it is fresh."""
    if not is_fresh(request, at=at):
        message = "This amount wants you to sign in again within the last five minutes."
        raise AuthenticationTooOld(message)
