"""Our key in Tryton's documents: it begins the one text that each of them has."""

import re

from integrations.connectors.tryton.rest import Domain

BEGINS_WITH_KEY = re.compile(r"[0-9a-f]{32}(?= |$)")


def marked(key: str, text: str) -> str:
    """A text under our key."""
    return f"{key} {text}".strip()


def under(key: str, field: str) -> Domain:
    """That a document stands under our key."""
    return [[field, "like", f"{key}%"]]


def key_in(text: str | None) -> str:
    """The key that a text stands under; empty when it is somebody else's."""
    found = BEGINS_WITH_KEY.match(text or "")
    return found[0] if found else ""
