"""What must stand in an address but may be read by nobody: terms typed by people, page positions.

Sealed with the site's secret key, so an address restores a page and tells nothing.
"""

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(value: Any) -> str:
    """A JSON value as an opaque token."""
    return _box().encrypt(json.dumps(value).encode()).decode().rstrip("=")


def unseal(token: str) -> Any:
    """The value of a token; None for one that is not ours."""
    padded = token + "=" * (-len(token) % 4)
    try:
        return json.loads(_box().decrypt(padded.encode()))
    except (InvalidToken, ValueError):
        return None


def _box() -> Fernet:
    digest = hashlib.sha256(b"cases.web.sealed" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
