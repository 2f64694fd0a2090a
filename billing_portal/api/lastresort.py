"""What rises out of a request after all: a problem for programs, a page for people."""

import sys
from collections.abc import Callable
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from billing_portal.api.problems import MEDIA_TYPE, problem
from cases.web.views import errors

API = "/api/"
PASSING = ("08", "57P0", "40P01", "55P03")
"""SQLSTATEs: the connection broke, the server goes or comes, locks that others hold for long."""
RETRY_AFTER = "5"  # seconds: PostgreSQL is back in less, killed or restarted


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what could not even be read; 503 when it is the session that could not be kept."""
    if is_passing(exception):
        return unavailable(request)
    return _answer(
        request,
        HTTPStatus.BAD_REQUEST,
        code="bad_request",
        detail="The portal does not understand this call. Nothing was changed.",
        page=lambda: errors.bad_request(request, exception),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a mistake of ours; 503 when the database is merely away or held up."""
    if is_passing(sys.exception()):
        return unavailable(request)
    return _answer(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal_error",
        detail="The portal made a mistake; what was being saved was undone. Try again later.",
        page=lambda: errors.server_error(request),
    )


def is_passing(raised: BaseException | None) -> bool:
    """Whether the database was away, or went while it was asked, or what was asked for was locked.

    That may stand behind what was raised: Django takes a session that it could not keep for one
    that was deleted. A statement that took too long is no such thing: it would again.
    """
    while raised is not None and not isinstance(raised, OperationalError | InterfaceError):
        raised = raised.__context__
    if raised is None:
        return False
    state = getattr(raised.__cause__, "sqlstate", None)
    return state is None or state.startswith(PASSING)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: nobody knows whether a commit that was under way had been done; the key will tell."""
    answer = _answer(
        request,
        HTTPStatus.SERVICE_UNAVAILABLE,
        code="database_unavailable",
        detail="The database is away or held up. Ask again soon, under the same key: what was done"
        " already is not done twice.",
        page=lambda: errors.unavailable(request),
    )
    answer["Retry-After"] = RETRY_AFTER
    return answer


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
