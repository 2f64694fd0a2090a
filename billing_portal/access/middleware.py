"""What surrounds every request: a correlation id, session limits, the actor, no caching."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from billing_portal.kernel.actor import acting
from billing_portal.kernel.pure.correlation import correlated

GetResponse = Callable[[HttpRequest], HttpResponse]
STARTED = "session_started_at"
SEEN = "session_seen_at"
SEEN_EVERY = 30  # seconds; a session row is not written on every request


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
    """A session ends after minutes without a request, and after hours whatever happens."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End a session that is over; note that a living one was used."""
        if request.user.is_authenticated:
            self.limit(request, timezone.now().timestamp())
        return self.get_response(request)

    def limit(self, request: HttpRequest, now: float) -> None:
        """Compare with the two limits."""
        session = request.session
        started = session.setdefault(STARTED, now)
        seen = session.get(SEEN, now)
        idle = settings.SESSION_IDLE_MINUTES * 60
        if now - seen > idle or now - started > settings.SESSION_ABSOLUTE_HOURS * 3600:
            logout(request)
        elif SEEN not in session or now - seen >= SEEN_EVERY:
            session[SEEN] = now


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
