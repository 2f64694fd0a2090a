"""One row of a draft: a rule as a sentence, a target, a code, the weights."""

import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from billing_portal.access.roles import SEE_EDITIONS
from billing_portal.access.web import needs, reader_of
from billing_portal.kernel.pure.registry import NotInstalled
from billing_portal.kernel.pure.wording import counted
from cases.approvals.terms import Terms
from cases.editions.models import Edition
from cases.routing.predicates import matching
from cases.web.editing.graphs import graph_of
from cases.web.editing.pages import EditionPage
from cases.web.editing.rowforms import RowForm, RuleForm
from cases.web.editing.sheets import Content, Place, sheet_of
from cases.web.views.editions import address, edition_of, kept
from cases.work.models import Case
from cases.work.queries import CAP


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE_EDITIONS)
def row(request: HttpRequest, public_id: uuid.UUID, rows: str, place: int) -> HttpResponse:
    """One row of a draft: shown, counted, kept, moved or taken out."""
    found = edition_of(public_id)
    there = place_of(found, rows, place)
    change = request.POST.get("change", "")
    if change in CHANGES and there.row_in(found.content) is not None:
        content = CHANGES[change](there, found.content)
        return kept(request, found, content, note=found.note, back=address(found))
    form = there.sheet.form(request.POST or None, row=there.row_in(found.content))
    if request.method != "POST" or not form.is_valid():
        return row_page(request, found, there, form)
    if change == "count":
        return row_page(request, found, there, form, count=count_of(request, form))
    content = there.put(found.content, form.read())
    return kept(request, found, content, note=found.note, back=request.path)


CHANGES: Mapping[str, Callable[[Place, Content], dict[str, Any]]] = {
    "up": lambda there, content: there.moved(content, by=-1),
    "down": lambda there, content: there.moved(content, by=1),
    "remove": lambda there, content: there.without(content),
}


def place_of(found: Edition, rows: str, place: int) -> Place:
    """The place of an address, if the edition has it."""
    try:
        sheet = sheet_of(found.book, rows)
    except NotInstalled as missing:
        raise Http404 from missing
    size = len(found.content[sheet.rows])
    if place > size or (place == size and not sheet.grows):
        raise Http404
    return Place(sheet, place)


def row_page(
    request: HttpRequest, found: Edition, there: Place, form: RowForm, *, count: str = ""
) -> HttpResponse:
    """The form of a row."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    page = EditionPage(found, reader=reader_of(request), now=timezone.now())
    shown = {
        "page": page,
        "edition": found,
        "place": there,
        "form": form,
        "clauses": form.clauses if isinstance(form, RuleForm) else None,
        "is_new": there.row_in(found.content) is None,
        "count": count,
        "key": uuid.uuid4(),
        **saved_row(page, there),
    }
    return render(request, "cases/editions/row.html", shown, status=status)


def saved_row(page: EditionPage, there: Place) -> dict[str, Any]:
    """A saved policy drawn, with what is said of it; nothing for rows of other kinds."""
    row = there.row_in(page.edition.content)
    if row is None or "steps" not in row:
        return {}
    return {
        "graph": graph_of(Terms.from_json(row)),
        "remarks": page.remarks[row["key"]],
        "standing": page.standing.get(row["key"], ""),
    }


def count_of(request: HttpRequest, form: RowForm) -> str:
    """How many open cases of the reader's a rule's condition holds for."""
    open_cases = Case.objects.visible_to(reader_of(request)).open()
    number = open_cases.filter(matching(form.read()["condition"])).order_by()[: CAP + 1].count()
    return f"{counted(number, CAP)} open cases match now, of those that you may see."
