"""Books of rules: what is in force, drafts, back-tests, review and release."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_portal.access.roles import AUTHOR, SEE_EDITIONS
from billing_portal.access.web import needs, once_per_form, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import backtesting, publishing
from cases.editions.books import BOOKS
from cases.editions.lifecycle import EditionVerb
from cases.editions.models import Edition
from cases.editions.queries import listed
from cases.web.editing import forms
from cases.web.editing.effects import rule_lines
from cases.web.editing.pages import LATEST, EditionPage, line_of, shelf_of, shelves

EFFECTS = {"routing": rule_lines}
"""What the rows in force did, for books that can tell."""


@require_safe
@needs(SEE_EDITIONS)
def books(request: HttpRequest) -> HttpResponse:
    """Every book: what is in force, what waits."""
    return render(request, "cases/editions/books.html", {"shelves": shelves()})


@require_safe
@needs(SEE_EDITIONS)
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """One book's editions, newest first."""
    found = found_book(slug)
    shown = {
        "book": found,
        "shelf": shelf_of(found),
        "lines": [line_of(each) for each in listed(slug)[:LATEST]],
        "key": uuid.uuid4(),
        "may_draft": AUTHOR in reader_of(request).role_permissions,
        "effects": EFFECTS[slug](at=timezone.now()) if slug in EFFECTS else [],
    }
    return render(request, "cases/editions/book.html", shown)


@require_POST
@needs(SEE_EDITIONS)
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a draft with what the book holds now."""
    found = found_book(slug)

    def begin() -> str:
        made = publishing.draft(book=found.key, by=reader_of(request), at=timezone.now())
        messages.success(request, f"Edition {made.number} is yours to write.")
        return address(made)

    return refusable(request, begin, back=reverse("cases:edition_book", args=[slug]))


@require_safe
@needs(SEE_EDITIONS)
def edition(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One edition: what it changes, what its back-test found, its rows."""
    return page_of(request, edition_of(public_id))


def page_of(
    request: HttpRequest,
    found: Edition,
    *,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The page of an edition."""
    shown = {
        "page": EditionPage(found, reader=reader_of(request), now=timezone.now()),
        "edition": found,
        "test_form": forms.BacktestForm(),
        "key": uuid.uuid4(),
        "refusal": refusal,
    }
    return render(request, "cases/editions/edition.html", shown, status=status)


@require_POST
@needs(SEE_EDITIONS)
def backtest(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Try an edition on the cases of the last days."""
    found = edition_of(public_id)
    form = forms.BacktestForm(request.POST)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return page_of(request, found, refusal="Choose between 1 and 366 days.", status=status)

    days, by, at = form.cleaned_data["days"], reader_of(request), timezone.now()
    try:  # its trial runs in a transaction that cannot write, so it has none around it
        report = backtesting.backtest(edition=found, days=days, by=by, at=at)
    except DomainError as refusal:
        return page_of(request, found, refusal=said(refusal), status=HTTPStatus.CONFLICT)
    messages.success(
        request, f"{report.changed:,} of {report.cases:,} cases would be treated otherwise."
    )
    return redirect(f"{address(found)}#backtest")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a verb's page asks, says and does."""

    title: str
    submit: str
    form: type[forms.EditionForm]
    said: str


VERBS: dict[str, Asked] = {
    EditionVerb.REQUEST_REVIEW: Asked(
        "Ask for review", "Ask for review", forms.EditionForm, "{} waits for its review."
    ),
    EditionVerb.APPROVE: Asked("Approve", "Approve", forms.EditionForm, "{} is approved."),
    EditionVerb.SEND_BACK: Asked("Send back", "Send back", forms.WhyForm, "{} is a draft again."),
    EditionVerb.WITHDRAW: Asked("Withdraw", "Withdraw", forms.WhyForm, "{} is withdrawn."),
    EditionVerb.SCHEDULE: Asked(
        "Put in force", "Schedule", forms.ScheduleForm, "{} is set to come into force."
    ),
    "roll_back": Asked(
        "Put this edition in force again", "Roll back", forms.WhyForm, "{} is in force."
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE_EDITIONS)
def verb(request: HttpRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """Ask what a verb needs, then do it."""
    if name not in VERBS:
        raise Http404
    found, asked = edition_of(public_id), VERBS[name]
    given = {"seen_version": found.version, "activates_at": timezone.now()}
    form = asked.form(request.POST or None, initial=given)
    if request.method != "POST" or not form.is_valid():
        return question(request, found, name, form)

    def act() -> str:
        given = {"edition": found, "by": reader_of(request), "at": timezone.now()}
        done = getattr(publishing, name)(**given, **form.asked(is_versioned=name != "roll_back"))
        messages.success(request, asked.said.format(f"Edition {done.number}"))
        return address(done)

    try:
        return once_per_form(request, act)
    except DomainError as refusal:
        return question(request, found, name, form, refusal=str(refusal))


def question(
    request: HttpRequest, found: Edition, name: str, form: forms.EditionForm, *, refusal: str = ""
) -> HttpResponse:
    """The page of a verb."""
    status = HTTPStatus.OK
    if refusal:
        status = HTTPStatus.CONFLICT
    elif form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    page = EditionPage(found, reader=reader_of(request), now=timezone.now())
    shown = {"page": page, "edition": found, "verb": VERBS[name], "form": form}
    shown |= {"refusal": refusal, "key": uuid.uuid4()}
    return render(request, "cases/editions/verb.html", shown, status=status)


@require_POST
@needs(SEE_EDITIONS)
def note(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Why the edition is written, in its author's words."""
    found = edition_of(public_id)
    form = forms.NoteForm(request.POST)
    text = form.cleaned_data["note"] if form.is_valid() else found.note
    return kept(request, found, found.content, note=text, back=address(found))


def kept(
    request: HttpRequest, found: Edition, content: Mapping[str, Any], *, note: str, back: str
) -> HttpResponse:
    """Save a draft."""
    seen = request.POST.get("seen_version", "")

    def save() -> str:
        publishing.save(
            edition=found,
            content=content,
            note=note,
            by=reader_of(request),
            at=timezone.now(),
            seen_version=int(seen) if seen.isdecimal() else 0,
        )
        messages.success(request, "The draft is saved.")
        return address(found)

    return refusable(request, save, back=back)


def refusable(request: HttpRequest, work: Callable[[], str], *, back: str) -> HttpResponse:
    """Do what a form asks once; a refusal is said where the reader came from."""
    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        messages.error(request, said(refusal))
        return redirect(back)


def said(refusal: DomainError) -> str:
    """A refusal, or every problem that it names with its place."""
    named = refusal.fields.get("problems", ())
    return " ".join(f"{each['where']}: {each['words']}." for each in named) or str(refusal)


def edition_of(public_id: uuid.UUID) -> Edition:
    """The edition of an address."""
    return get_object_or_404(
        Edition.objects.select_related(
            "author", "reviewer", "base", "restores", "backtest__ran_by"
        ),
        public_id=public_id,
    )


def address(found: Edition) -> str:
    """Where an edition is shown."""
    return reverse("cases:edition", args=[found.public_id])


def found_book(slug: str) -> Any:
    """The book of an address."""
    if slug not in BOOKS:
        raise Http404
    return BOOKS.get(slug)
