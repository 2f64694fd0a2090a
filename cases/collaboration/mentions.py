"""People named in a note: `@maya` tells Maya, if she may see the case."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models.functions import Lower

from billing_portal.accounts.models import User, UserKind
from cases.work.models import Case
from cases.work.visibility import may_see

NAME = re.compile(r"(?<![\w@.+-])@([\w.+-]*\w)")
MOST = 20
"""Naming more people than this in one note tells the first of them."""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a text names: people who may see the case, and names that tell nobody."""

    people: tuple[User, ...]
    unknown: tuple[str, ...]


def names_in(text: str) -> list[str]:
    """The user names after an @, in lower case, each once, in order."""
    return list(dict.fromkeys(found.lower() for found in NAME.findall(text)))[:MOST]


def named_in(text: str, case: Case) -> Named:
    """Whom a text names. No query when it names nobody; else one, and one per person."""
    names = names_in(text)
    if not names:
        return Named((), ())
    people = [person for person in _people(names) if may_see(person, case)]
    seeing = {person.username.lower() for person in people}
    return Named(tuple(people), tuple(name for name in names if name not in seeing))


def _people(names: Collection[str]) -> Collection[User]:
    return (
        User.objects.annotate(lower=Lower("username"))
        .filter(lower__in=names, is_active=True, kind=UserKind.PERSON)
        .order_by("pk")
    )
