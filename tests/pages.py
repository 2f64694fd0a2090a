"""A signed-in reader of the pages, and what can be asked of a page."""

import re
from html.parser import HTMLParser
from typing import Any, Self

from django.test import Client
from django.urls import reverse

from billing_portal.accounts.models import User
from cases.work.models import Case

BACKEND = "django.contrib.auth.backends.ModelBackend"
REFERENCE = re.compile(r'class="title" href="[^"]*">[^<]*</a><small>(TS-\d+)')


class Reader(Client):
    """Somebody who reads pages without a script."""

    @classmethod
    def of(cls, user: User) -> Self:
        """This person, signed in."""
        made = cls()
        made.force_login(user, backend=BACKEND)
        return made

    def listed(self, path: str, **query: Any) -> list[str]:
        """The references that a worklist shows, in its order."""
        return REFERENCE.findall(self.get(path, query).content.decode())

    def does(self, verb: str, case: Case, **fields: Any) -> Any:
        """Send a verb's form as it was given, with what was typed."""
        address = reverse(f"cases:{verb}", args=[case.public_id])
        given = hidden_fields(self.get(address).content.decode())
        return self.post(address, {"seen_version": case.version, **given, **fields})


class Hidden(HTMLParser):
    """Collects the hidden fields of the forms of verbs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Hidden inputs with the names that a verb's form carries."""
        given = dict(attrs)
        name = given.get("name")
        if (
            tag == "input"
            and given.get("type") == "hidden"
            and name in {"seen_version", "seen_digest", "acting_for", "key"}
        ):
            self.found[str(name)] = given.get("value") or ""


def hidden_fields(page: str) -> dict[str, str]:
    """The version and the key that a page's form carries."""
    parser = Hidden()
    parser.feed(page)
    return parser.found


def text_of(response: Any) -> str:
    """What a response holds, without its tags, in one line."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain)
