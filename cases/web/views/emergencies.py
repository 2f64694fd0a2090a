"""Emergency access: asked for, what one asked for, ended early, reviewed afterwards."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from billing_portal.access.web import once_per_form, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.approvals.models import ApprovalRequest
from cases.types.emergency_access import actions
from cases.types.emergency_access.queries import emergencies_of
from cases.types.emergency_access.vocabulary import KEY
from cases.web.emergencyforms import AskForm, ReviewForm
from cases.web.forms import VerbForm
from cases.web.views.verbs import VerbView, Words
from cases.work.models import Case


@require_http_methods(["GET", "HEAD", "POST"])
def emergencies(request: HttpRequest) -> HttpResponse:
    """What the reader asked for, and one more."""
    reader = reader_of(request)
    form = AskForm(request.POST or None, initial={"key": uuid.uuid4()})
    if request.method != "POST":
        return page(request, form)
    if not form.is_valid():
        return page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def work() -> str:
        made = actions.ask(by=reader, at=timezone.now(), **form.asked)
        messages.success(request, f"{made.reference} asks for it. You are told what comes of it.")
        return reverse("cases:emergencies")

    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        return page(request, form, refusal=str(refusal), status=HTTPStatus.CONFLICT)


def page(
    request: HttpRequest, form: AskForm, *, refusal: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """The form under what was asked for before."""
    rows = emergencies_of(reader_of(request))
    shown = {"form": form, "rows": rows, "refusal": refusal}
    return render(request, "cases/types/emergency_access/emergencies.html", shown, status=status)


@require_POST
def end(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Shut early what was opened to the reader."""
    reader = reader_of(request)
    held = get_object_or_404(ApprovalRequest, requested_by=reader, public_id=public_id)
    actions.end(approval=held, by=reader, at=timezone.now())
    messages.success(request, "It is shut again.")
    return redirect("cases:emergencies")


class Review(VerbView):
    """Say of an emergency that is over whether it was justified."""

    words = Words("Review", "Record", "What you say is never changed.")
    form_class = ReviewForm
    is_lasting = True

    def form(self, case: Case, **given: Any) -> VerbForm:
        """The form, for an emergency."""
        if case.case_type != KEY:
            raise Http404
        return super().form(case, **given)

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Record."""
        made = actions.review(case=case, **self.who_and_when, **seen, **form.asked)
        return f"Recorded: {made.get_verdict_display().lower()}."
