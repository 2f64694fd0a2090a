"""Every refusal of the API as a problem (RFC 9457): what happened, its code, what was wrong where.

A problem carries `type`, `title`, `status`, `code`, `detail` and `correlation_id`; `errors` for
fields, and for a stale write the version that the caller saw beside the one that holds.
"""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from billing_portal.access.parsers import TooLarge
from billing_portal.kernel.pure.correlation import current_id
from billing_portal.kernel.pure.errors import DomainError

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:billing-portal:problem:"

BEYOND_LIMITS = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

# Refusals answer 409 Conflict, but for these.
STATUSES: dict[str, HTTPStatus] = {
    "case_not_found": HTTPStatus.NOT_FOUND,
    "job_not_found": HTTPStatus.NOT_FOUND,
    "view_not_found": HTTPStatus.NOT_FOUND,
    "may_not_work": HTTPStatus.FORBIDDEN,
    "may_not_release": HTTPStatus.FORBIDDEN,
    "may_not_decide": HTTPStatus.FORBIDDEN,
    "authentication_too_old": HTTPStatus.FORBIDDEN,
    "may_not_delegate": HTTPStatus.FORBIDDEN,
    "may_not_reverse": HTTPStatus.FORBIDDEN,
    "request_not_found": HTTPStatus.NOT_FOUND,
    "content_refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "reveal_refused": HTTPStatus.FORBIDDEN,
    "idempotency_key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "file_size_refused": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "file_type_refused": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "message_incident": HTTPStatus.UNPROCESSABLE_ENTITY,
    "message_id_refused": HTTPStatus.BAD_REQUEST,
    "message_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "message_not_stored": HTTPStatus.SERVICE_UNAVAILABLE,
    "file_not_stored": HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem_response(raised: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to a refusal; None for anything unforeseen, which is a bug and must rise."""
    if isinstance(raised, DomainError):
        return _of_refusal(raised)
    if isinstance(raised, BEYOND_LIMITS):
        raised = TooLarge()
    answer = exception_handler(raised, context)
    if answer is not None:
        answer.data = _of_http(raised, answer)
        answer.content_type = MEDIA_TYPE
        _in_json(context["request"])
    return answer


def problem(*, status: int, code: str, detail: str, **facts: Any) -> dict[str, Any]:
    """One problem object."""
    return {
        "type": TYPE + code.replace("_", "-"),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "correlation_id": current_id(),
        **facts,
    }


def _in_json(request: Request) -> None:
    """A problem is JSON, whatever the call was ready to take."""
    request.accepted_renderer = JSONRenderer()
    request.accepted_media_type = JSONRenderer.media_type


def _of_refusal(raised: DomainError) -> Response:
    status = STATUSES.get(raised.code, HTTPStatus.CONFLICT)
    body = problem(status=status, code=raised.code, detail=str(raised), **raised.fields)
    return Response(body, status=status, content_type=MEDIA_TYPE)


def _of_http(raised: Exception, answer: Response) -> dict[str, Any]:
    if isinstance(raised, ValidationError):
        return problem(
            status=answer.status_code,
            code="invalid",
            detail="Some fields need another value.",
            errors=_errors(raised.detail),
        )
    return problem(status=answer.status_code, code=_code(raised), detail=str(answer.data["detail"]))


def _code(raised: Exception) -> str:
    if isinstance(raised, Http404):
        return "not_found"
    if isinstance(raised, PermissionDenied):
        return "permission_denied"
    detail = raised.detail if isinstance(raised, APIException) else ""
    return detail.code if isinstance(detail, ErrorDetail) and detail.code else "refused"


def _errors(detail: Any, field: str = "") -> list[dict[str, str]]:
    """Field errors, flat: `{"field": "lines.0.amount", "code": …, "detail": …}`."""
    if isinstance(detail, dict):
        return [
            error
            for name, inner in detail.items()
            for error in _errors(inner, f"{field}.{name}".lstrip("."))
        ]
    if isinstance(detail, list):
        nested = any(isinstance(inner, dict) for inner in detail)
        return [
            error
            for index, inner in enumerate(detail)
            for error in _errors(inner, f"{field}.{index}" if nested else field)
        ]
    return [{"field": field, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}]
