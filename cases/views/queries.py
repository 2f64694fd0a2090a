"""The saved views of a list, in a shape that can be read together with other things."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

from billing_portal.accounts.models import User
from cases.views.models import SavedView, Sharing

KIND = "view"
SHOWN = 24


@dataclass(frozen=True, slots=True)
class Kept:
    """One saved view as a list offers it."""

    public_id: str
    name: str
    query: str
    columns: list[str]
    is_default: bool
    is_own: bool
    position: int


def rows(reader: User, path: str) -> QuerySet[Any, Any]:
    """Kind, value and label of each view that a reader has on a list, to be read by a union."""
    told = JSONObject(
        public_id=Cast("public_id", CharField()),
        query=F("query"),
        columns=F("columns"),
        sharing=F("sharing"),
        owner=F("owner_id"),
        position=F("position"),
    )
    return (
        SavedView.objects.visible_to(reader)
        .filter(path=path)
        .annotate(kind=Value(KIND, output_field=TextField()), value=Cast(told, TextField()))
        .values_list("kind", "value", "name")[:SHOWN]
    )


def kept(reader: User, value: str, name: str) -> Kept:
    """A view of what `rows` said."""
    told = json.loads(value)
    return Kept(
        public_id=told["public_id"],
        name=name,
        query=told["query"],
        columns=told["columns"],
        is_default=told["sharing"] == Sharing.ROLE,
        is_own=told["owner"] == reader.pk,
        position=told["position"],
    )
