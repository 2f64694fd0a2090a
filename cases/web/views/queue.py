"""The worklist: one queue, all queues, or what is in the reader's hands."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from billing_portal.access.grants import may, scope_ids
from billing_portal.access.roles import EXPORT, REVEAL
from billing_portal.access.web import reader_of
from cases.actions import looking
from cases.views.queries import rows as saved_rows
from cases.web.batches import BULK_VERBS
from cases.web.frame import frame_of
from cases.web.presenters import headline_money, row_of, shown_day
from cases.web.selecting import ALL
from cases.web.story import latest
from cases.web.viewbar import ViewBar
from cases.web.worklist import VIEWS, Beside, Worklist, empty_of, moment_of, pauses_of, state_of
from cases.work.models import Case, OpenCase
from cases.work.queries import QueueTotal, choices
from cases.work.steps import done_steps, step_columns
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
    totals = [total for total in frame_of(request).totals if total.key == slug]
    if not totals:
        raise Http404
    path = reverse("cases:queue", args=[slug])
    listed = Listed(totals[0].name, path, slug, totals[0].purpose, totals, "open")
    return answer(request, listed)


@require_http_methods(["GET", "HEAD", "POST"])
def everything(request: HttpRequest) -> HttpResponse:
    """All the reader's queues in one list."""
    totals = frame_of(request).totals
    return answer(request, Listed("All queues", reverse("cases:all"), "", "", totals, "open"))


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """What is in the reader's hands."""
    totals = frame_of(request).totals
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
    offered = choices(reader, saved_rows(reader, listed.path))
    bar = ViewBar(
        reader=reader, path=listed.path, default_view=listed.default_view, offered=offered
    )
    state = bar.asked(request.GET)
    cases, open_cases = Case.objects.visible_to(reader), OpenCase.objects.visible_to(reader)
    if listed.slug:
        queue = listed.totals[0].pk
        cases, open_cases = cases.filter(queue=queue), open_cases.filter(queue=queue)
    held = bar.to_count(cases, open_cases, request, moment=moment_of(now))
    work = Worklist(
        frame=frame_of(request),
        cases=cases,
        state=state,
        now=now,
        queues=[total.pk for total in listed.totals],
        beside=Beside(offered, open_cases, dict(held)),
    )
    looking.listed(by=reader, cases=work.cases, where=listed.path)
    peek = peeked(request, work)
    page: dict[str, Any] = {
        "work": work,
        "name": listed.name,
        "purpose": listed.purpose,
        "slug": listed.slug,
        "key": uuid.uuid4(),
        "view_label": VIEWS[state.view],
        "may_work": bool(scope_ids(reader, WORK_QUEUE)),
        "tabs": [*work.tabs, *bar.tabs(state, work.counted)],
        "view": bar.shown(state),
        "columns": bar.columns(state),
        "bulk_verbs": BULK_VERBS,
        "picks_all": request.GET.get("pick") == ALL,
        "may_export": may(reader, EXPORT),
        "may_reveal": may(reader, REVEAL),
        "clear_url": state.top(term="", filters={}),
        "peek_id": str(peek.public_id) if peek else "",
        **headline(listed, work),
    }
    if not work.cases:
        many = sum(total.open_cases for total in listed.totals)
        page["empty"] = empty_of(work, has_queues=bool(listed.totals), open_cases=many)
    page["span"] = len(page["columns"]) + page["may_work"]
    shown = preview(peek, request) if peek else None
    return render(request, "cases/queue.html", {"page": page, "peek": shown})


def headline(listed: Listed, work: Worklist) -> dict[str, str]:
    """How many cases stand open, at what value, how many late; of one's own work, how many."""
    if listed.path == reverse("cases:mine"):
        return {"open": work.count("view_mine")}
    amount = sum((total.open_amount for total in listed.totals), start=Decimal(0))
    open_cases = sum(total.open_cases for total in listed.totals)
    return {"open": f"{open_cases:,}", "stake": headline_money(amount), "overdue": work.overdue}


def peeked(request: HttpRequest, work: Worklist) -> Case | None:
    """The case that the address previews, if the reader may see it; else the first of the list."""
    asked = request.GET.get("peek", "")
    shown = {str(case.public_id): case for case in work.cases}
    if asked and asked not in shown:
        return case_of(request, asked)
    return shown.get(asked) or next(iter(work.cases), None)


def peek_of(request: HttpRequest) -> HttpResponse:
    """The preview alone."""
    case = case_of(request, request.GET.get("peek", ""))
    return render(
        request, "cases/queue.html#peek", {"peek": preview(case, request) if case else None}
    )


def case_of(request: HttpRequest, public_id: str) -> Case | None:
    """A case with all that a row shows, if the reader may see it."""
    try:
        key = uuid.UUID(public_id)
    except ValueError:
        return None
    found = Case.objects.visible_to(reader_of(request)).for_list().annotate(**step_columns())
    return found.filter(public_id=key).first()


def preview(case: Case, request: HttpRequest) -> dict[str, Any]:
    """A case as its preview shows it."""
    reader = reader_of(request)
    return {
        "row": row_of(
            case,
            reader=reader,
            done=done_steps(case),
            now=timezone.now(),
            paused=pauses_of([case]).get(case.pk),
        ),
        "claim": case.claim.patient_control_number if case.claim else "",
        "facility": case.facility.name,
        "opened": shown_day(case.opened_at),
        "latest": latest(case),
    }
