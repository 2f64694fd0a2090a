"""Ending accounts; making and revoking tokens."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import ApiToken, User, UserKind
from billing_portal.accounts.services import (
    TokenRefused,
    deactivate,
    make_token,
    reactivate,
    revoke_token,
)
from billing_portal.audit.models import AuditEvent
from billing_portal.audit.queries import verify
from tests.factories.cases import QueueFactory
from tests.factories.people import PersonFactory, granted

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)


def verbs(user):
    events = AuditEvent.objects.filter(chain=f"user:{user.pk}").order_by("seq")
    return list(events.values_list("verb", flat=True))


class TestDeactivating:
    def test_ends_sessions_tokens_and_grants(self, db, by):
        queue = QueueFactory()
        person = granted(queues=[queue])
        token, _text = make_token(user=person, label="t", expires_at=LATER, by=by, reason="r")
        client = Client()
        client.force_login(person)
        stranger = Client()
        stranger.force_login(PersonFactory())

        deactivate(user=person, by=by, reason="Left the house", at=AT)

        token.refresh_from_db()
        person = User.objects.get(pk=person.pk)
        assert token.revoked_at == AT
        assert not person.is_active
        assert scope_ids(person, "cases.view_queue") == frozenset()
        assert "_auth_user_id" not in client.session
        assert "_auth_user_id" in stranger.session

    def test_is_on_record_with_its_reason(self, db, by):
        person = PersonFactory()
        make_token(user=person, label="t", expires_at=LATER, by=by, reason="r")

        deactivate(user=person, by=by, reason="Left the house", at=AT)

        assert person.history.latest().history_change_reason == "Left the house"
        assert ApiToken.history.latest().history_change_reason == "Left the house"
        assert verbs(person) == ["token.made", "token.revoked", "user.deactivated"]
        assert verify([f"user:{person.pk}"]).is_clean

    def test_twice_is_once(self, db, by):
        person = PersonFactory()

        for _ in range(2):
            deactivate(user=person, by=by, reason="Left the house", at=AT)

        assert verbs(person) == ["user.deactivated"]
        assert person.history.count() == 2

    def test_can_be_taken_back_but_not_for_tokens(self, db, by):
        person = PersonFactory()
        token, _text = make_token(user=person, label="t", expires_at=LATER, by=by, reason="r")
        deactivate(user=person, by=by, reason="Left the house", at=AT)

        reactivate(user=person, by=by, reason="Came back")
        reactivate(user=person, by=by, reason="Came back")

        token.refresh_from_db()
        assert User.objects.get(pk=person.pk).is_active
        assert token.revoked_at == AT
        assert verbs(person)[-2:] == ["user.deactivated", "user.reactivated"]


class TestTokens:
    def test_the_text_is_kept_nowhere(self, db, by):
        token, text = make_token(
            user=PersonFactory(), label="t", expires_at=LATER, by=by, reason="r"
        )

        assert text.startswith(token.prefix)
        assert text not in str(ApiToken.objects.values())
        assert text not in str(ApiToken.history.values())
        assert token.digest not in str(ApiToken.history.values())
        assert text not in str(AuditEvent.objects.values())

    @pytest.mark.parametrize("fields", [{"is_active": False}, {"kind": UserKind.SYSTEM}])
    def test_only_the_living_hold_them(self, fields, db, by):
        person = PersonFactory(password="!", **fields)

        with pytest.raises(TokenRefused):
            make_token(user=person, label="t", expires_at=LATER, by=by, reason="r")

        assert not ApiToken.objects.exists()

    def test_are_revoked_once(self, db, by):
        person = PersonFactory()
        token, _text = make_token(user=person, label="t", expires_at=LATER, by=by, reason="r")

        for at in (AT, LATER):
            revoke_token(token=token, by=by, reason="Lost", at=at)

        token.refresh_from_db()
        assert token.revoked_at == AT
        assert verbs(person) == ["token.made", "token.revoked"]
