"""What surrounds every request: a correlation id, session limits, the actor, no caching."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.actor import acting
from billing_portal.kernel.pure.correlation import correlated

GetResponse = Callable[[HttpRequest], HttpResponse]
STARTED = "session_started_at"
SEEN = "session_seen_at"
SEEN_EVERY = 30  # seconds; a session row is not written on every request
BACKGROUND = "X-Background"


class CorrelationMiddleware:
    """One id per request, the caller's when it is sane, in every log line and in the answer."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Surround a request."""
        with correlated(request.headers.get("X-Request-ID", "")) as chosen:
            request.correlation_id = chosen  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["X-Request-ID"] = chosen
        return response


class SessionLimitMiddleware:
    """A session ends after minutes without a request, and after hours whatever happens.

    What a page asks for by itself carries the header `X-Background` and keeps no session alive.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End a session that is over; note that a living one was used."""
        if request.user.is_authenticated and isinstance(request.user, User):
            self.limit(request, request.user, timezone.now().timestamp())
        return self.get_response(request)

    def limit(self, request: HttpRequest, user: User, now: float) -> None:
        """Compare with the two limits."""
        session = request.session
        started, seen = session.get(STARTED), session.get(SEEN)
        if started is None or seen is None:
            session[STARTED] = session[SEEN] = now
        elif now - seen > settings.SESSION_IDLE_MINUTES * 60:
            self.end(request, user, "Nothing was done for too long")
        elif now - started > settings.SESSION_ABSOLUTE_HOURS * 3600:
            self.end(request, user, "The session had lasted as long as any may")
        elif now - seen >= SEEN_EVERY and BACKGROUND not in request.headers:
            session[SEEN] = now

    def end(self, request: HttpRequest, user: User, reason: str) -> None:
        """Sign out, and write down that it was the clock's doing."""
        logout(request)
        audit.record(
            chain=f"user:{user.pk}",
            verb="user.session_ended",
            subject=f"user:{user.pk}",
            by=user,
            reason=reason,
        )


class ActorMiddleware:
    """What a library saves during a request is the signed-in person's doing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the actor; without one, a tracked save is refused."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        with acting(by=request.user, reason="While signed in"):
            return self.get_response(request)


class NoStoreMiddleware:
    """Pages of somebody signed in are kept by no cache; leaving clears what the browser holds."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the headers."""
        was_in = request.user.is_authenticated
        response = self.get_response(request)
        if was_in or request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        if was_in and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response
