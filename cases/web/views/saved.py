"""Saved views: keeping a worklist under a name, changing it, forgetting it."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from billing_portal.access.grants import scope_ids
from billing_portal.access.web import once_per_form, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import saved_views
from cases.views.columns import chosen
from cases.views.models import SavedView, Sharing
from cases.web.selecting import Selection
from cases.web.viewbar import query_of
from cases.web.viewforms import NewViewForm, ViewForm
from cases.web.worklist import State
from cases.work.visibility import LEAD_QUEUE


def seen(request: HttpRequest) -> QuerySet[SavedView]:
    """The reader's own views, and their teams'."""
    return SavedView.objects.visible_to(reader_of(request))


def named(address: str) -> State | None:
    """The state of a worklist's address; None for any other."""
    found = Selection(address, [], is_all=True).state
    return found[0] if found else None


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a name, and keep the list under it."""
    reader = reader_of(request)
    state = named(request.POST.get("list") or request.GET.get("list", ""))
    if state is None:
        return redirect("cases:all")
    groups = reader.groups.order_by("name") if scope_ids(reader, LEAD_QUEUE) else None
    usual = [column.key for column in chosen([])]
    initial = {"columns": usual, "sharing": Sharing.PRIVATE, "list": state.top(saved="")}
    form = NewViewForm(request.POST or None, groups=groups, initial=initial)
    if request.method != "POST":
        return ask(request, form, state)
    if not form.is_valid():
        return ask(request, form, state, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def work() -> str:
        view = saved_views.save(by=reader, path=state.path, query=query_of(state), **form.arguments)
        messages.success(request, f"“{view}” is saved.")
        return address_of(view)

    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        return ask(request, form, state, refusal=str(refusal), status=HTTPStatus.CONFLICT)


def ask(
    request: HttpRequest,
    form: ViewForm,
    state: State,
    *,
    view: SavedView | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    refusal: str = "",
) -> HttpResponse:
    """The form."""
    context: dict[str, Any] = {
        "form": form,
        "refusal": refusal,
        "back": state.top(),
        "view": view,
        "key": uuid.uuid4(),
    }
    return render(request, "cases/views/view.html", context, status=status)


def address_of(view: SavedView) -> str:
    """Where a view is seen."""
    return f"{view.path}?{view.query}&v={view.public_id}"


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Its name, its columns, its place among the tabs."""
    view = get_object_or_404(seen(request), public_id=public_id)
    state = named(address_of(view))
    if state is None:
        return redirect("cases:all")
    initial = {
        "name": view.name,
        "position": view.position,
        "columns": [column.key for column in chosen(view.columns)],
    }
    form = ViewForm(request.POST or None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return ask(request, form, state, view=view, status=status)
    try:
        saved_views.change(view=view, by=reader_of(request), **form.cleaned_data)
    except DomainError as refusal:
        found = str(refusal)
        return ask(request, form, state, view=view, refusal=found, status=HTTPStatus.CONFLICT)
    messages.success(request, f"“{form.cleaned_data['name']}” is saved.")
    return redirect(address_of(view))


@require_POST
def save(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep how the list is narrowed and ordered now."""
    view = get_object_or_404(seen(request), public_id=public_id)
    state = named(f"{view.path}?{request.POST.get('query', '')}")
    if state is None:
        return redirect("cases:all")
    try:
        view = saved_views.change(view=view, by=reader_of(request), query=query_of(state))
        messages.success(request, f"“{view}” is saved as it is shown.")
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect(address_of(view))


@require_POST
def delete(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Forget it."""
    view = get_object_or_404(seen(request), public_id=public_id)
    try:
        saved_views.remove(view=view, by=reader_of(request))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(address_of(view))
    messages.success(request, f"“{view}” is deleted. The cases are where they were.")
    return redirect(view.path)
