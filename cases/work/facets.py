"""What a search found, by kind, status, queue and payer: counted, and narrowed by them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, TextField, Value

from billing_portal.accounts.models import User
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case, Queue
from cases.work.search import BOUND, Row, grouped, look, rows_of
from cases.work.types import CASE_TYPES
from integrations.canonical.models import Payer

COLUMNS = {
    "kind": "case_type",
    "status": "status",
    "queue": "queue__key",
    "payer": "payer__key",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet, and how many of the cases found have it."""

    value: str
    label: str
    cases: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a term found: the first cases by probe, how many in all, and their facets.

    `is_cut`: a probe found more than it looks at, so the numbers are at least so many.
    """

    groups: list[tuple[str, list[Case]]]
    cases: int
    facets: dict[str, list[Option]]
    is_cut: bool


def faceted(reader: User, term: str, *, narrowed: Mapping[str, str], limit: int) -> Found:
    """Search, narrowed by facets. Three queries, four when narrowed; two more when it is misspelt.

    A facet counts what is found with the others as they are chosen. Narrowing is done by the
    database, so that it finds what lies beyond the first `BOUND`.
    """
    ways, rows = look(reader, term)
    chosen = {name: value for name, value in narrowed.items() if name in COLUMNS and value}
    within = Q(**{COLUMNS[name]: value for name, value in chosen.items()})
    shown = rows_of(reader, ways, within) if chosen else rows
    return Found(
        groups=grouped(reader, ways, shown, limit=limit),
        cases=len({row.pk for row in shown}),
        facets=counted(rows, chosen),
        is_cut=any(many >= BOUND for many in Counter(row.way for row in rows).values()),
    )


def counted(rows: Sequence[Row], chosen: Mapping[str, str]) -> dict[str, list[Option]]:
    """How many cases each value of each facet has. One query, for the names."""
    names = named(rows)
    cases = {row.pk: values_of(row, names) for row in rows}
    facets = {}
    for name in COLUMNS:
        others = {other: value for other, value in chosen.items() if other != name}
        many = Counter(
            values[name]
            for values in cases.values()
            if values[name] and all(values[other] == value for other, value in others.items())
        )
        options = [Option(value, label_of(name, value, names), n) for value, n in many.items()]
        facets[name] = sorted(options, key=lambda each: (-each.cases, each.label))
    return facets


@dataclass(frozen=True, slots=True)
class Names:
    """Keys by primary key, and names by key, of queues and payers."""

    keys: dict[tuple[str, int], str]
    labels: dict[tuple[str, str], str]


def named(rows: Iterable[Row]) -> Names:
    """The queues and payers of some rows. One query."""
    held = list(rows)
    queues, payers = (
        model.objects.filter(pk__in=keys)
        .order_by()
        .values_list(Value(kind, output_field=TextField()), "pk", "key", "name")
        for kind, model, keys in (
            ("queue", Queue, {row.queue_id for row in held}),
            ("payer", Payer, {row.payer_id for row in held if row.payer_id}),
        )
    )
    found = list(queues.union(payers, all=True))
    return Names(
        {(kind, pk): key for kind, pk, key, _name in found},
        {(kind, key): name for kind, _pk, key, name in found},
    )


def values_of(row: Row, names: Names) -> dict[str, str]:
    """A row by facet."""
    return {
        "kind": row.case_type,
        "status": row.status,
        "queue": names.keys.get(("queue", row.queue_id), ""),
        "payer": names.keys.get(("payer", row.payer_id or 0), ""),
    }


def label_of(name: str, value: str, names: Names) -> str:
    """A value in words."""
    if name == "kind":
        return CASE_TYPES.get(value).label
    if name == "status":
        return CaseStatus(value).label
    return names.labels[name, value]
