"""Search: a page, and what the palette shows. What is typed stands in no address."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from billing_portal.access.web import reader_of
from cases.actions import looking
from cases.web.presenters import masked_patient, shown_money, status_words
from cases.web.sealed import seal, unseal
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
            return render(request, "cases/search.html#hits", found(request, term, limit=HITS))
        return redirect(f"{reverse('cases:search')}?t={seal(term)}")
    asked = unseal(str(request.GET["t"])) if "t" in request.GET else None
    if not isinstance(asked, str):
        return render(request, "cases/search.html", {"groups": [], "asked": False})
    return render(request, "cases/search.html", found(request, asked, limit=PAGE_HITS))


def found(request: HttpRequest, term: str, *, limit: int) -> dict[str, Any]:
    """What a search comes to. It is kept on record that it was made."""
    if len(term) < SHORTEST:
        return {"groups": [], "asked": True, "term": term, "nothing": TOO_SHORT}
    reader = reader_of(request)
    groups = find(reader, term, limit=limit)
    looking.searched(by=reader, term=term, found=sum(len(cases) for _label, cases in groups))
    return {
        "groups": [
            Hits(label, [hit_of(case, why=label) for case in cases]) for label, cases in groups
        ],
        "asked": True,
        "term": term,
        "nothing": NOTHING,
    }


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
