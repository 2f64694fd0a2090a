"""The plans of the queries that carry the pages, written to `docs/explain.md`.

Taken in the large house, as the application's role, each query run once before.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_portal.embedded.home import CHECKOUT
from cases.work.models import Case
from tests.benchmarks.houses import House, large, served

WRITTEN = CHECKOUT / "docs" / "explain.md"
HEAD = """# Plans of the queries that carry the pages

Written by `make bench ONLY=explain` in a house of {size:,} cases. A list of keys is shortened.

"""
LONG = re.compile(r"'\{[\d,]{30,}\}'")


@dataclass(frozen=True, slots=True)
class Carrying:
    """A request, and a word that tells the query that carries it from the others."""

    title: str
    ask: Callable[[House], Any]
    word: str


def page(path: str) -> Callable[[House], Any]:
    """A page that is looked at."""
    return lambda house: house.client.get(path)


def typed(of: Callable[[Case], str]) -> Callable[[House], Any]:
    """Something about a case, typed into the search."""

    def ask(house: House) -> Any:
        cases = Case.objects.visible_to(house.reader).open().select_related("claim__patient")
        return house.client.post("/search/", {"term": of(cases.order_by("pk")[5])}, follow=True)

    return ask


QUEUE = "/queues/authorization/"
CARRYING = (
    Carrying("A queue, soonest due first", page(QUEUE), '"details"'),
    Carrying("Its counts", page(QUEUE), "AS capped"),
    Carrying("A queue, largest amount first", page(f"{QUEUE}?sort=amount"), '"details"'),
    Carrying("A queue, one payer", page(f"{QUEUE}?payer=bench-3"), '"details"'),
    Carrying("A queue's overdue cases", page(f"{QUEUE}?view=overdue"), '"details"'),
    Carrying("All queues", page("/queues/all/"), '"details"'),
    Carrying("All queues' counts", page("/queues/all/"), "AS capped"),
    Carrying("My work", page(reverse("cases:mine")), '"details"'),
    Carrying("Search: a reference", typed(lambda case: case.reference), "UNION ALL"),
    Carrying(
        "Search: a name", typed(lambda case: case.claim.patient.family_name), "integrations_patient"
    ),
)


def run() -> list[dict[str, Any]]:
    """Write the document; no ratio comes of it."""
    with served() as server:
        house = server.house(large())
        with house.here():
            plans = [(each.title, plan_of(house, each)) for each in CARRYING]
    parts = [f"## {title}\n\n```\n{plan}\n```\n" for title, plan in plans]
    WRITTEN.write_text(HEAD.format(size=house.size) + "\n".join(parts), encoding="utf-8")
    return [{"name": "explain", "detail": f"{len(plans)} plans in {WRITTEN.name}"}]


def plan_of(house: House, carrying: Carrying) -> str:
    """What PostgreSQL did for the query of a request that has the word in it."""
    carrying.ask(house)
    with CaptureQueriesContext(house.connection) as asked:
        carrying.ask(house)
    found = [query["sql"] for query in asked.captured_queries if carrying.word in query["sql"]]
    with transaction.atomic(), house.connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) {found[0]}")
        lines = [str(line) for (line,) in cursor.fetchall()]
    return "\n".join(LONG.sub("'{…}'", line.rstrip())[:200] for line in lines)
