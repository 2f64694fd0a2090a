"""What the reader was told by name, why, and how they want to be told."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_portal.access.web import reader_of
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.wording import counted
from cases.actions import inbox as acts
from cases.notices.models import Notification
from cases.notices.queries import inbox_of, of_kind, waiting_by_kind, wishes_of
from cases.notices.vocabulary import MessageKind
from cases.web.caseparts import Tab
from cases.web.inboxforms import WishesForm
from cases.web.story import NOTE
from cases.work.models import Case
from cases.work.queries import CAP

PAGE = 60


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest, of all kinds or of one; those done with stand by themselves."""
    reader, kind = reader_of(request), request.GET.get("kind", "")
    is_done = request.GET.get("show") == "done"
    shown = inbox_of(reader).filter(of_kind(kind))
    found = list((shown.done() if is_done else shown.open())[: PAGE + 1])
    context = {
        "notifications": found[:PAGE],
        "has_more": len(found) > PAGE,
        "page_size": PAGE,
        "is_done": is_done,
        "kind": kind if kind in MessageKind.values else "",
        "newest": found[0].pk if found else 0,
        "tabs": tabs_of(request, kind=kind, is_done=is_done),
    }
    return render(request, "cases/inbox.html", context)


def tabs_of(request: HttpRequest, *, kind: str, is_done: bool) -> list[Tab]:
    """Everything, each kind that waits, and what is done with."""
    path, waiting = reverse("cases:inbox"), waiting_by_kind(reader_of(request))
    total = sum(each.count for each in waiting)
    kinds = [
        Tab(
            each.kind.label,
            f"{path}?kind={each.kind}",
            kind == each.kind and not is_done,
            counted(each.count, CAP),
        )
        for each in waiting
    ]
    return [
        Tab("Everything", path, not kind and not is_done, counted(total, CAP)),
        *kinds,
        Tab("Done", f"{path}?show=done", is_done),
    ]


def told_at(request: HttpRequest, public_id: uuid.UUID) -> Notification:
    """One of the reader's own."""
    return get_object_or_404(inbox_of(reader_of(request)), public_id=public_id)


@require_POST
def follow(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Go where it leads; it is read then."""
    told = told_at(request, public_id)
    acts.read(notification=told, by=reader_of(request), at=timezone.now())
    if told.case is not None:
        return redirect(place_of(told, told.case))
    return redirect(told.link or "cases:inbox")


def place_of(told: Notification, case: Case) -> str:
    """Where on a case's page one was told of: a note that names one, or the page."""
    about, _, note = told.key.partition(":")
    if told.kind != MessageKind.MENTION or about != "note":
        return reverse("cases:case", args=[case.public_id])
    timeline = reverse("cases:case", args=[case.public_id], query={"tab": "timeline"})
    return f"{timeline}#{NOTE}{note}"


@require_POST
def finish(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Be done with one."""
    told = told_at(request, public_id)
    acts.finish(notification=told, by=reader_of(request), at=timezone.now())
    messages.success(request, "Done.")
    return redirect(where(request))


@require_POST
def take_up(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take one up again that was done with."""
    acts.take_up(notification=told_at(request, public_id), by=reader_of(request))
    messages.success(request, "It stands in your inbox again.")
    return redirect("cases:inbox")


@require_POST
def finish_all(request: HttpRequest) -> HttpResponse:
    """Be done with all that was shown, but not with what came since."""
    kind, newest = request.POST.get("kind", ""), request.POST.get("newest", "")
    number = acts.finish_all(
        by=reader_of(request),
        at=timezone.now(),
        up_to=int(newest) if newest.isdecimal() and len(newest) < 19 else 0,
        kind=MessageKind(kind) if kind in MessageKind.values else None,
    )
    messages.success(request, f"Done with {number}.")
    return redirect("cases:inbox")


def where(request: HttpRequest) -> str:
    """Back to the kind that was shown."""
    kind = request.POST.get("kind", "")
    path = reverse("cases:inbox")
    return f"{path}?kind={kind}" if kind in MessageKind.values else path


@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """How soon which kind goes out by mail, and when none does."""
    reader = reader_of(request)
    form = WishesForm(request.POST or None, wishes=wishes_of(reader))
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            acts.wish(by=reader, **form.asked)
        except DomainError as error:
            refusal = str(error)
        else:
            messages.success(request, "Your settings are saved.")
            return redirect("cases:inbox_settings")
    return render(
        request,
        "cases/inbox_settings.html",
        shown(form, reader, refusal),
        status=status_of(form, refusal),
    )


def shown(form: WishesForm, reader: Any, refusal: str) -> dict[str, Any]:
    """What the page of settings needs."""
    zone = reader.time_zone.replace("_", " ")
    return {"form": form, "refusal": refusal, "address": reader.email, "zone": zone}


def status_of(form: WishesForm, refusal: str) -> HTTPStatus:
    """Refused, wrongly filled in, or fine."""
    if refusal:
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
