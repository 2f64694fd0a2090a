"""Sign-in, as people meet it and as the record keeps it."""

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from billing_portal.access.services import sync_roles
from billing_portal.accounts.adapter import STRANGERS, PortalAccountAdapter
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from tests.factories.people import PersonFactory

PASSWORD = "Right-one-1"


@pytest.fixture
def anna(db):
    sync_roles()
    return PersonFactory(
        username="anna", email="anna@example.org", password=make_password(PASSWORD)
    )


def sign_in(client, login="anna", password=PASSWORD):
    return client.post(reverse("account_login"), {"login": login, "password": password})


def verbs(chain):
    return list(
        AuditEvent.objects.filter(chain=chain).order_by("seq").values_list("verb", flat=True)
    )


@pytest.mark.parametrize("login", ["anna", "ANNA", "anna@example.org", " anna "])
def test_signing_in_is_on_record(login, anna, client):
    response = sign_in(client, login)

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(anna.pk)
    assert verbs(f"user:{anna.pk}") == ["user.signed_in"]


def test_signing_in_is_no_change_of_the_account(anna, client):
    sign_in(client)

    anna.refresh_from_db()
    assert anna.last_login is not None
    assert anna.history.count() == 1


def test_signing_out_is_on_record(anna, client):
    sign_in(client)

    client.post(reverse("account_logout"))

    assert "_auth_user_id" not in client.session
    assert verbs(f"user:{anna.pk}") == ["user.signed_in", "user.signed_out"]


def test_a_wrong_password_is_on_record_and_nothing_that_was_typed(anna, client):
    sign_in(client, password="Wrong-one-2")

    assert "_auth_user_id" not in client.session
    event = AuditEvent.objects.get(chain=f"user:{anna.pk}")
    assert event.verb == "user.sign_in_failed"
    assert event.actor.username == "system:sign-in"
    assert "Wrong-one-2" not in str(vars(event))


@pytest.mark.parametrize("login", ["nobody", "nobody@example.org", "My-password-by-mistake"])
def test_strangers_are_on_record_and_nothing_that_was_typed(login, anna, client):
    sign_in(client, login)

    event = AuditEvent.objects.get(chain=STRANGERS)
    assert event.verb == "user.sign_in_failed"
    assert login not in str(vars(event))


def test_an_ended_account_does_not_sign_in(anna, client):
    anna.is_active = False
    anna._history_user, anna._change_reason = anna, "Left"
    anna.save()

    sign_in(client)

    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(anna, client):
    response = client.post(
        reverse("account_signup"),
        {
            "username": "eve",
            "email": "eve@example.org",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    assert not User.objects.filter(username="eve").exists()
    assert response.status_code in {200, 302, 403}


def test_a_new_password_is_on_record_and_in_no_history(anna, client):
    sign_in(client)

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "Another-one-3", "password2": "Another-one-3"},
    )

    anna.refresh_from_db()
    assert anna.check_password("Another-one-3")
    assert "user.password_set" in verbs(f"user:{anna.pk}")
    assert anna.history.latest().history_change_reason == "Set a new password"
    assert anna.password not in str(User.history.values())


def test_a_changed_second_factor_is_on_record(anna, rf):
    adapter = PortalAccountAdapter(rf.get("/"))

    adapter.send_notification_mail("mfa/email/totp_activated", anna)
    adapter.send_notification_mail("account/email/password_changed", anna)

    event = AuditEvent.objects.get(chain=f"user:{anna.pk}")
    assert event.verb == "user.second_factor_changed"
    assert event.body == '{"change":"totp_activated"}'
