"""Search: a page, and what the palette shows. What is typed stands in no address."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from billing_portal.access.web import reader_of
from cases.actions import looking
from cases.web.frame import frame_of
from cases.web.places import pages, places
from cases.web.presenters import masked_patient, shown_money, status_words
from cases.web.sealed import seal, unseal
from cases.work.facets import COLUMNS, Found, faceted
from cases.work.models import Case
from cases.work.search import HITS, NAME_LETTERS
from cases.work.search import search as find

SHORTEST, LONGEST = 2, 200
PAGE_HITS = 25
TOO_SHORT = f"Type at least {SHORTEST} characters; for a name, {NAME_LETTERS} letters."
NOTHING = (
    "No case that you may see has this reference, claim number, payer control number, amount,"
    " reason code or patient name."
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One case that was found, and why."""

    id: str
    url: str
    reference: str
    title: str
    patient: str
    payer: str
    code: str
    status: str
    amount: str
    why: str

    @property
    def detail(self) -> str:
        """For the palette's one line."""
        return " · ".join(filter(None, [self.payer, self.amount]))


@dataclass(frozen=True, slots=True)
class Hits:
    """What one way of searching found."""

    label: str
    hits: list[Hit]


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The page; what the palette asks for; or, for a form sent, the address of its answer."""
    if request.method == "POST":
        term = request.POST.get("term", "").strip()[:LONGEST]
        if "palette" in request.POST and request.htmx:  # type: ignore[attr-defined]  # django-htmx's middleware
            return render(request, "cases/search.html#hits", offered(request, term))
        return redirect(address(term))
    asked = unseal(str(request.GET["t"])) if "t" in request.GET else None
    if not isinstance(asked, str):
        return render(request, "cases/search.html", {"groups": [], "asked": False})
    return render(request, "cases/search.html", answer(request, asked))


def address(term: str) -> str:
    """Where what a term finds is shown."""
    return f"{reverse('cases:search')}?{urlencode({'t': seal(term)})}"


def offered(request: HttpRequest, term: str) -> dict[str, Any]:
    """What the palette shows: a few cases, and other places to go."""
    if len(term) < SHORTEST:
        return {"groups": [], "nothing": TOO_SHORT}
    reader = reader_of(request)
    groups = find(reader, term, limit=HITS)
    looking.searched(by=reader, term=term, found=sum(len(cases) for _label, cases in groups))
    return {"groups": shown(groups), "places": places(reader, term), "nothing": NOTHING}


def answer(request: HttpRequest, term: str) -> dict[str, Any]:
    """What the page shows. It is kept on record that it was searched."""
    if len(term) < SHORTEST:
        return {"groups": [], "asked": True, "term": term, "nothing": TOO_SHORT}
    reader = reader_of(request)
    narrowed = {name: request.GET.get(name, "") for name in COLUMNS}
    found = faceted(reader, term, narrowed=narrowed, limit=PAGE_HITS)
    looking.searched(by=reader, term=term, found=found.cases)
    commands = pages(frame_of(request).commands, term)
    return {
        "groups": shown(found.groups),
        "places": [*places(reader, term), *commands],
        "found": found,
        "facets": facets(found, narrowed),
        "sealed": request.GET["t"],
        "clear_url": address(term) if any(narrowed.values()) else "",
        "asked": True,
        "term": term,
        "nothing": NOTHING,
    }


def shown(groups: list[tuple[str, list[Case]]]) -> list[Hits]:
    """Cases as hits, by what found them."""
    return [Hits(label, [hit_of(case, why=label) for case in cases]) for label, cases in groups]


def facets(found: Found, narrowed: dict[str, str]) -> list[dict[str, Any]]:
    """What the page narrows by: each value with how many have it."""
    more = "+" if found.is_cut else ""
    return [
        {
            "name": name,
            "label": name.capitalize(),
            "chosen": narrowed[name],
            "options": [
                (each.value, f"{each.label} ({each.cases}{more})") for each in found.facets[name]
            ],
            "is_lost": narrowed[name] not in {"", *(e.value for e in found.facets[name])},
        }
        for name in COLUMNS
    ]


def hit_of(case: Case, *, why: str) -> Hit:
    """A case as a hit; the palette's patients are masked like everybody's."""
    return Hit(
        id=str(case.public_id),
        url=reverse("cases:case", args=[case.public_id]),
        reference=case.reference,
        title=case.title,
        patient=masked_patient(case),
        payer=case.payer.name if case.payer else "",
        code=case.code,
        status=status_words(case),
        amount=shown_money(case.amount_at_risk, case.currency),
        why=why,
    )
