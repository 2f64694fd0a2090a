"""What is sealed is read by nobody without the key."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken

from billing_portal.accounts.sealing import seal, unseal
from tests.factories.people import PersonFactory


def test_a_sealed_text_shows_nothing_and_comes_back():
    sealed = seal("JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert unseal(sealed) == "JBSWY3DPEHPK3PXP"


def test_an_older_key_still_opens_and_a_strange_one_does_not(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.SEALING_KEYS = [old]
    sealed = seal("secret")

    settings.SEALING_KEYS = [new, old]
    assert unseal(sealed) == "secret"
    settings.SEALING_KEYS = [new]
    with pytest.raises(InvalidToken):
        unseal(sealed)


@pytest.mark.django_db
def test_the_secret_of_an_authenticator_app_is_not_in_the_database():
    secret = generate_totp_secret()

    TOTP.activate(PersonFactory(), secret)

    assert secret not in str(Authenticator.objects.values_list("data", flat=True).get())
