"""What a term means besides cases: payers, colleagues, saved views, pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from billing_portal.accounts.models import User
from cases.views.models import SavedView
from cases.web.frame import Command
from cases.work.queries import workers_of_any
from cases.work.visibility import scope_of
from integrations.canonical.models import Payer

MOST = 5
LABELS = {"payer": "Payers", "person": "People", "view": "Saved views"}


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Places:
    """Some of one kind."""

    label: str
    places: list[Place]


def places(reader: User, term: str) -> list[Places]:
    """Payers, people who work a queue that the reader sees, and the reader's views. One query."""
    text = term.strip()
    rows = payers(text).union(people(reader, text), saved(reader, text), all=True)
    held: dict[str, list[Place]] = {kind: [] for kind in LABELS}
    for kind, label, path, query in rows:
        held[kind].append(Place(label, address(kind, path, query)))
    return [Places(LABELS[kind], found) for kind, found in held.items() if found]


def payers(text: str) -> QuerySet[Payer, Any]:
    """By a piece of their name."""
    return (
        Payer.objects.filter(name__icontains=text)
        .order_by("name", "pk")
        .values_list(_text("payer"), "name", "key", _text(""))[:MOST]
    )


def people(reader: User, text: str) -> QuerySet[User, Any]:
    """By a piece of their name, or how the name they sign in with begins."""
    seen = workers_of_any(scope_of(reader).queues).order_by()
    return (
        User.objects.filter(pk__in=seen.values("pk"))
        .filter(Q(full_name__icontains=text) | Q(username__istartswith=text))
        .order_by("full_name", "username", "pk")
        .values_list(_text("person"), "full_name", "username", _text(""))[:MOST]
    )


def saved(reader: User, text: str) -> QuerySet[SavedView, Any]:
    """By a piece of their name."""
    query = Concat(F("query"), _text("&v="), Cast("public_id", TextField()))
    return (
        SavedView.objects.visible_to(reader)
        .filter(name__icontains=text)
        .values_list(_text("view"), "name", "path", query)[:MOST]
    )


def pages(commands: Iterable[Command], term: str) -> list[Places]:
    """The pages of the palette whose name holds the term: for who has no script."""
    text = term.strip().lower()
    found = [Place(each.label, each.url) for each in commands if text in each.label.lower()]
    real = [place for place in found if place.url != "#"]
    return [Places("Pages", real[:MOST])] if real else []


def address(kind: str, path: str, query: str) -> str:
    """Where one of a kind is."""
    if kind == "payer":
        return reverse("cases:payer", args=[path])
    if kind == "person":
        return f"{reverse('cases:all')}?{urlencode({'view': 'open', 'owner': path})}"
    return f"{path}?{query}"


def _text(words: str) -> Value:
    return Value(words, output_field=TextField())
