"""Secrets that must be kept readable are kept sealed: a copy of the database does not give them.

The keys come from the environment (`SEALING_KEYS`, the newest first; the older ones still open).
Without them one is derived from `SECRET_KEY`, which then must not be lost.
"""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def keys() -> list[bytes]:
    """The keys in force, 32 bytes each in URL-safe base64, the sealing one first."""
    if settings.SEALING_KEYS:
        return [key.encode() for key in settings.SEALING_KEYS]
    derived = hashlib.sha256(b"billing-portal sealing " + settings.SECRET_KEY.encode()).digest()
    return [base64.urlsafe_b64encode(derived)]


def seal(text: str) -> str:
    """Text as only a holder of the key reads it."""
    return MultiFernet([Fernet(key) for key in keys()]).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """What was sealed. Raises cryptography.fernet.InvalidToken under a wrong key."""
    return MultiFernet([Fernet(key) for key in keys()]).decrypt(sealed.encode("ascii")).decode()


class SealedSecondFactors(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes sealed."""

    def encrypt(self, text: str) -> str:
        """For the database."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """From the database."""
        return unseal(encrypted_text)
