"""What rises out of a request after all: a problem for programs, a page for people."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

from billing_portal.api.problems import MEDIA_TYPE, problem
from cases.web.views import errors

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what could not even be read."""
    return _answer(
        request,
        HTTPStatus.BAD_REQUEST,
        code="bad_request",
        detail="The portal does not understand this call. Nothing was changed.",
        page=lambda: errors.bad_request(request, exception),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a mistake of ours."""
    return _answer(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal_error",
        detail="The portal made a mistake; what was being saved was undone. Try again later.",
        page=lambda: errors.server_error(request),
    )


def _answer(
    request: HttpRequest,
    status: HTTPStatus,
    *,
    code: str,
    detail: str,
    page: Callable[[], HttpResponse],
) -> HttpResponse:
    if not request.path.startswith(API):
        return page()
    body = problem(status=status, code=code, detail=detail)
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)
