"""The sign-in form says what it asks for."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_sign_in_asks_for_a_username_or_an_email_and_begins_there(client):
    page = client.get(reverse("account_login")).content.decode()

    assert ">Username or email</label>" in page
    assert 'autocomplete="username"' in page
    assert page.count(" autofocus") == 1
    assert "placeholder" not in page


def test_nothing_stands_between_the_name_and_the_password(client):
    page = client.get(reverse("account_login")).content.decode()

    between = page[page.index('name="login"') : page.index('name="password"')]
    assert "<a " not in between
    assert reverse("account_reset_password") in page
