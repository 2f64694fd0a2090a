"""What every API door shares: who calls, and the one effect of a call that is sent twice."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC
from functools import wraps
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.utils import timezone
from rest_framework.exceptions import (
    AuthenticationFailed,
    NotAuthenticated,
    ValidationError,
)
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, SlugRelatedField
from rest_framework.viewsets import GenericViewSet

from billing_portal.access.grants import may
from billing_portal.access.idempotency import LONGEST_KEY, Answer, once
from billing_portal.access.parsers import require_length
from billing_portal.accounts.models import User

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
PUBLIC_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a UUID in an address

Handler = TypeVar("Handler", bound=Callable[..., Response])
Row = TypeVar("Row", bound=Model)
Row_co = TypeVar("Row_co", bound=Model, covariant=True)


class Door(GenericViewSet[Row_co]):
    """What every viewset shares: rows are named by UUID, times are UTC whoever asks."""

    lookup_field = "public_id"
    lookup_value_regex = PUBLIC_ID

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer a call in UTC."""
        with timezone.override(UTC):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let in who may, with a body of known length; strangers are counted before they go.

        Raises LengthRequired, Throttled.
        """
        try:
            super().initial(request, *args, **kwargs)
        except (NotAuthenticated, AuthenticationFailed):
            self.check_throttles(request)
            raise
        require_length(request)

    def asked(self, takes: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The fields of the call, checked."""
        read = takes(data=self.request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)


class ByKey(SlugRelatedField[Row]):
    """A row that a call names by its key. What no key can be names nothing."""

    def to_internal_value(self, data: Any) -> Row:
        """The row. The database would stumble over a NUL."""
        if "\0" in str(data):
            self.fail("does_not_exist", slug_name=self.slug_field, value=str(data))
        return super().to_internal_value(data)


class MayDo(BasePermission):
    """Lets those act whose roles hold what the viewset's `needs` names for the action.

    An action that `needs` does not name is refused to everybody; a superuser is nobody special.
    """

    message = "Your role does not include this. A user administrator can grant it."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the caller's roles include what this action needs."""
        needed = view.needs.get(view.action)
        return needed is not None and may(request.user, needed)


def caller(request: Request) -> User:
    """The signed-in person or service of this call; permissions have refused anybody else."""
    user = request.user
    assert isinstance(user, User)
    return user


def paged(view: Any, rows: QuerySet[Any], said_by: type[BaseSerializer[Any]]) -> Response:
    """One page of what belongs to the thing at an address."""
    answer: Response = view.get_paginated_response(
        said_by(view.paginate_queryset(rows), many=True).data
    )
    return answer


def idempotent(handler: Handler) -> Handler:
    """Answer a call that carries a known `Idempotency-Key` from memory instead of doing it again.

    Without the header the call is simply done. An answer that is no success is not kept.
    """

    @wraps(handler)
    def answered_once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "").strip()
        if not key:
            return handler(view, request, *args, **kwargs)
        if len(key) > LONGEST_KEY:
            raise ValidationError({HEADER: [f"At most {LONGEST_KEY} characters."]})
        answer = once(
            by=caller(request),
            key=key,
            digest=digest_of(request),
            at=timezone.now(),
            work=lambda: _kept(handler(view, request, *args, **kwargs)),
        )
        headers = {REPLAYED: "true"} if answer.is_replay else None
        return Response(answer.body, status=answer.status, headers=headers)

    answered_once.is_idempotent = True  # type: ignore[attr-defined]  # read by the architecture test
    return answered_once  # type: ignore[return-value]  # wraps keeps the signature


def digest_of(request: Request) -> str:
    """SHA-256 of what is asked: method, path, preconditions, fields and the bytes of every file."""
    digest = hashlib.sha256()
    for part in _parts(request):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _parts(request: Request) -> Iterator[bytes]:
    yield f"{request.method} {request.get_full_path()}".encode()
    yield request.headers.get("If-Match", "").encode()
    fields = request.data.lists() if hasattr(request.data, "lists") else [("", request.data)]
    for name, value in sorted(fields, key=lambda field: str(field[0])):
        values = value if isinstance(value, list) else [value]
        for each in values:
            yield name.encode()
            yield _bytes_of(each)


def _bytes_of(value: Any) -> bytes:
    if not isinstance(value, UploadedFile):
        return json.dumps(value, sort_keys=True).encode()
    digest = hashlib.sha256((value.name or "").encode() + b"\0")
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return digest.digest()


def _kept(response: Response) -> Answer:
    """A response as it can be kept: exactly the JSON that the caller gets."""
    body = None if response.data is None else json.loads(JSONRenderer().render(response.data))
    return Answer(response.status_code, body)
