"""What every page shares: who reads it, what their role must include, one effect per form."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone

from billing_portal.access.grants import may
from billing_portal.access.idempotency import LONGEST_KEY, Answer, once
from billing_portal.access.roles import ROLES
from billing_portal.accounts.models import User

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
KEY = "key"


class RoleMissing(PermissionDenied):
    """The reader's roles do not include a permission; the page says which roles do."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.roles = [role.label for role in ROLES if permission in role.permissions]


def reader_of(request: HttpRequest) -> User:
    """The signed-in person of a page; the middleware has turned away anybody else."""
    reader = request.user
    assert isinstance(reader, User)
    return reader


def needs(permission: str) -> Callable[[View], View]:
    """A page for roles that include a permission. Raises RoleMissing for all others."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request, permission)
            return view(request, *args, **kwargs)

        return guarded  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


def require(request: HttpRequest, permission: str) -> None:
    """Raises RoleMissing unless the reader's roles include a permission."""
    if not may(reader_of(request), permission):
        raise RoleMissing(permission)


def once_per_form(request: HttpRequest, work: Callable[[], str]) -> HttpResponseRedirect:
    """Do what a form asks once, however often it is sent, and go to the address that `work` gives.

    The form's key, what it asked and where it led are kept with the effect. A form without a key is
    simply done. Raises what `work` raises; then nothing is kept and the form may be sent again.
    """
    key = request.POST.get(KEY, "")[:LONGEST_KEY]
    if not key:
        return HttpResponseRedirect(work())
    answer = once(
        by=reader_of(request),
        key=key,
        digest=_digest(request),
        at=timezone.now(),
        work=lambda: Answer(HttpResponseRedirect.status_code, work()),
    )
    return HttpResponseRedirect(answer.body)


def _digest(request: HttpRequest) -> str:
    """SHA-256 of the address, the fields, and every file's name and bytes."""
    digest = hashlib.sha256(request.path.encode())
    for name, values in sorted(request.POST.lists()):
        if name != "csrfmiddlewaretoken":
            digest.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(repr((name, file.name)).encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()
