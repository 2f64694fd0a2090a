"""The worklist: one queue, all queues, or what is in the reader's hands."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from billing_portal.access.grants import scope_ids
from billing_portal.access.web import reader_of
from cases.actions import looking
from cases.web.presenters import row_of, shown_day
from cases.web.story import latest
from cases.web.worklist import VIEWS, Worklist, empty_of, headline, state_of
from cases.work.models import Case
from cases.work.queries import QueueTotal, done_steps, marks, queue_totals
from cases.work.visibility import WORK_QUEUE


@dataclass(frozen=True, slots=True)
class Listed:
    """Which worklist a page shows."""

    name: str
    path: str
    slug: str
    purpose: str
    totals: list[QueueTotal]
    default_view: str


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """One queue."""
    totals = [total for total in queue_totals(reader_of(request)) if total.key == slug]
    if not totals:
        raise Http404
    path = reverse("cases:queue", args=[slug])
    listed = Listed(totals[0].name, path, slug, totals[0].purpose, totals, "open")
    return answer(request, listed)


@require_http_methods(["GET", "HEAD", "POST"])
def everything(request: HttpRequest) -> HttpResponse:
    """All the reader's queues in one list."""
    totals = queue_totals(reader_of(request))
    return answer(request, Listed("All queues", reverse("cases:all"), "", "", totals, "open"))


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """What is in the reader's hands."""
    totals = queue_totals(reader_of(request))
    return answer(request, Listed("My work", reverse("cases:mine"), "", "", totals, "mine"))


def answer(request: HttpRequest, listed: Listed) -> HttpResponse:
    """The page; for a filter that was submitted, the address of what it asks for."""
    if request.method == "POST":
        state = state_of(listed.path, request.POST, default_view=listed.default_view)
        return redirect(state.top(term=request.POST.get("term", "").strip()))
    if request.htmx.target == "peek":  # type: ignore[attr-defined]  # django-htmx's middleware
        return peek_of(request)
    return page_of(request, listed)


def page_of(request: HttpRequest, listed: Listed) -> HttpResponse:
    """The whole page."""
    reader, now = reader_of(request), timezone.now()
    state = state_of(listed.path, request.GET, default_view=listed.default_view)
    cases = Case.objects.visible_to(reader)
    if listed.slug:
        cases = cases.filter(queue=listed.totals[0].pk)
    work = Worklist(reader=reader, cases=cases, state=state, now=now, request=request)
    opened, stake = headline(listed.totals)
    looking.listed(by=reader, cases=work.cases, where=listed.path)
    page = {
        "work": work,
        "name": listed.name,
        "purpose": listed.purpose,
        "slug": listed.slug,
        "open": opened,
        "stake": stake,
        "key": uuid.uuid4(),
        "view_label": VIEWS[state.view],
        "may_work": bool(scope_ids(reader, WORK_QUEUE)),
        "clear_url": state.top(term="", filters={}),
        "peek_id": request.GET.get("peek", ""),
    }
    if not work.cases:
        open_cases = sum(total.open_cases for total in listed.totals)
        page["empty"] = empty_of(work, has_queues=bool(listed.totals), open_cases=open_cases)
    peek = peek_context(request) if page["peek_id"] else None
    return render(request, "cases/queue.html", {"page": page, "peek": peek})


def peek_of(request: HttpRequest) -> HttpResponse:
    """The preview alone."""
    return render(request, "cases/queue.html#peek", {"peek": peek_context(request)})


def peek_context(request: HttpRequest) -> dict[str, Any] | None:
    """The case that the address previews, if the reader may see it."""
    reader = reader_of(request)
    try:
        public_id = uuid.UUID(request.GET.get("peek", ""))
    except ValueError:
        return None
    found = Case.objects.visible_to(reader).for_list().annotate(marks=marks())
    case = found.filter(public_id=public_id).first()  # unique
    if case is None:
        return None
    return {
        "row": row_of(case, reader=reader, done=done_steps(case), now=timezone.now()),
        "claim": case.claim.patient_control_number if case.claim else "",
        "facility": case.facility.name,
        "opened": shown_day(case.opened_at),
        "latest": latest(case, limit=4),
    }
