"""What surrounds every request."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from billing_portal.access import middleware
from billing_portal.access.actor import current
from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.pure.correlation import current_id
from tests.factories.people import PersonFactory

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
IDLE = timedelta(minutes=settings.SESSION_IDLE_MINUTES)
ABSOLUTE = timedelta(hours=settings.SESSION_ABSOLUTE_HOURS)
SECOND = timedelta(seconds=1)


def answer(_request):
    return HttpResponse("seen")


class TestCorrelation:
    def test_a_request_has_one_id_in_it_and_in_its_answer(self):
        seen = []

        def view(request):
            seen.extend([request.correlation_id, current_id()])
            return HttpResponse()

        response = middleware.CorrelationMiddleware(view)(RequestFactory().get("/"))

        assert seen == [response["X-Request-ID"]] * 2
        assert len(seen[0]) == 32
        assert current_id() == ""

    def test_a_sane_id_of_the_caller_is_kept(self):
        request = RequestFactory().get("/", headers={"X-Request-ID": "from-a-gateway-1"})

        response = middleware.CorrelationMiddleware(answer)(request)

        assert response["X-Request-ID"] == "from-a-gateway-1"

    @pytest.mark.parametrize("odd", ["short", "x" * 65, "with space", "a\tb-------", "<script>"])
    def test_any_other_is_replaced(self, odd):
        request = RequestFactory().get("/", headers={"X-Request-ID": odd})

        response = middleware.CorrelationMiddleware(answer)(request)

        assert response["X-Request-ID"] != odd


class TestActor:
    def test_what_is_saved_meanwhile_is_the_persons(self, db):
        person = PersonFactory()
        request = RequestFactory().get("/")
        request.user = person

        def view(_request):
            assert current().by == person
            return HttpResponse()

        middleware.ActorMiddleware(view)(request)

        assert current() is None

    def test_a_stranger_does_nothing_in_anybodys_name(self):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()

        def view(_request):
            assert current() is None
            return HttpResponse()

        middleware.ActorMiddleware(view)(request)


class TestSessionLimits:
    @pytest.fixture
    def person(self, db):
        return PersonFactory()

    @pytest.fixture
    def session(self, db):
        return SessionStore()

    @pytest.fixture
    def ask(self, person, session, monkeypatch):
        def ask(at, **headers):
            monkeypatch.setattr(timezone, "now", lambda: at)
            request = RequestFactory().get("/", headers=headers)
            request.user, request.session = person, session
            middleware.SessionLimitMiddleware(answer)(request)
            return request.user.is_authenticated

        return ask

    def test_lasts_while_it_is_used(self, ask):
        for n in range(10):
            assert ask(NOON + n * (IDLE - SECOND))

    def test_ends_when_nothing_is_done_for_too_long(self, ask, person):
        assert ask(NOON)
        assert ask(NOON + IDLE)
        assert not ask(NOON + 2 * IDLE + SECOND)

        event = AuditEvent.objects.get(chain=f"user:{person.pk}")
        assert (event.verb, event.actor) == ("user.session_ended", person)

    def test_ends_after_hours_whatever_is_done(self, ask):
        at = NOON
        while at < NOON + ABSOLUTE:
            assert ask(at)
            at += IDLE - SECOND
        assert ask(NOON + ABSOLUTE)
        assert not ask(NOON + ABSOLUTE + SECOND)

    def test_what_a_page_asks_by_itself_keeps_nothing_alive(self, ask):
        assert ask(NOON)
        assert ask(NOON + IDLE - SECOND, **{"X-Background": "1"})
        assert not ask(NOON + IDLE + SECOND)

    def test_is_not_written_on_every_request(self, ask, session):
        ask(NOON)
        session.modified = False
        ask(NOON + SECOND)
        assert not session.modified

        ask(NOON + timedelta(seconds=middleware.SEEN_EVERY))
        assert session.modified

    def test_strangers_have_none_to_end(self, db):
        request = RequestFactory().get("/")
        request.user, request.session = AnonymousUser(), SessionStore()

        middleware.SessionLimitMiddleware(answer)(request)

        assert request.session.is_empty()


class TestNoStore:
    @pytest.mark.parametrize(
        ("who", "kept"), [(PersonFactory.build, "no-store"), (AnonymousUser, "")]
    )
    def test_no_cache_keeps_what_a_person_saw(self, who, kept):
        request = RequestFactory().get("/")
        request.user = who()

        response = middleware.NoStoreMiddleware(answer)(request)

        assert response.get("Cache-Control", "") == kept

    def test_leaving_clears_the_browser(self):
        request = RequestFactory().get("/")
        request.user = PersonFactory.build()

        def leave(request):
            request.user = AnonymousUser()
            return HttpResponse()

        response = middleware.NoStoreMiddleware(leave)(request)

        assert response["Clear-Site-Data"] == '"cache", "storage"'
        assert response["Cache-Control"] == "no-store"
