"""What a reader sees when something did not work: what happened, what we did, what to do."""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from billing_portal.access.web import RoleMissing
from billing_portal.kernel.pure.correlation import current_id


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """One page of the kind."""

    title: str
    happened: str
    done: str
    next: str
    correlation_id: str


NOTHING_DONE = "Nothing was changed."


def page(status: HTTPStatus, title: str, *, happened: str, done: str, next_: str) -> HttpResponse:
    """The page, made without the request: it must work when little else does."""
    error = ErrorPage(title, happened, done, next_, current_id())
    shown = render_to_string("error.html", {"error": error, "SITE_NAME": settings.SITE_NAME})
    return HttpResponse(shown, status=status)


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return page(
        HTTPStatus.BAD_REQUEST,
        "This request could not be read",
        happened="Your browser sent something that the portal does not understand.",
        done=NOTHING_DONE,
        next_="Go back, reload the page and try again.",
    )


def permission_denied(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: which role is needed, and who gives it."""
    roles = exception.roles if isinstance(exception, RoleMissing) else []
    who = f"It needs one of these roles: {', '.join(roles)}." if roles else ""
    return page(
        HTTPStatus.FORBIDDEN,
        "Your roles do not include this page",
        happened=who or "This page is for other roles than yours.",
        done="Nothing was shown or changed.",
        next_="A user administrator gives and takes roles. Tell them which page you need, and why.",
    )


def not_found(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; also what is somebody else's."""
    return page(
        HTTPStatus.NOT_FOUND,
        "There is no such page",
        happened="The address is wrong, or what stood there is not in your queues and facilities.",
        done=NOTHING_DONE,
        next_="Look for it with the search, or ask a team lead whether it moved to another queue.",
    )


def server_error(_request: HttpRequest) -> HttpResponse:
    """500."""
    return page(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The portal made a mistake",
        happened="Something went wrong on our side while your page was made.",
        done="What was being saved was undone as a whole, and the mistake is in the log.",
        next_="Try again. If it happens twice, tell support the number below.",
    )


def unavailable(_request: HttpRequest) -> HttpResponse:
    """503: the database is away or held up; whether a commit was done, nobody knows."""
    return page(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The portal is held up for a moment",
        happened="The database did not answer in time; it may be starting again.",
        done="What you sent is saved as a whole or not at all.",
        next_="Reload this page in a few seconds. A form that is sent again is done once.",
    )


def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose page is too old, or that comes from elsewhere."""
    del reason
    return page(
        HTTPStatus.FORBIDDEN,
        "This page was open for too long",
        happened="The form belongs to a session that has ended, or came from another site.",
        done=NOTHING_DONE,
        next_="Sign in again, open the page anew and repeat what you did.",
    )
