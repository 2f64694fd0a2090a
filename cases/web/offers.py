"""What the status line offers to undo: the reader's last act, until their next one.

Kept in the session: a reference, an address and a version, nothing of a patient.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

OFFER = "undo"


@dataclass(frozen=True, slots=True)
class Offer:
    """What was done, in words, and the form that undoes it."""

    words: str
    url: str
    seen_version: int


def offer(request: HttpRequest, *, words: str, url: str, seen_version: int = 0) -> None:
    """Offer to undo what was just done; whatever was offered before is over."""
    request.session[OFFER] = [words, url, seen_version]


def withdraw(request: HttpRequest) -> None:
    """What was done last cannot be undone, or is."""
    request.session.pop(OFFER, None)


def offered(request: HttpRequest) -> Offer | None:
    """What can be undone now, if anything."""
    held: Any = request.session.get(OFFER)
    return Offer(*held) if isinstance(held, list) and len(held) == 3 else None
