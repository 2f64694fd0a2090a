"""Where a reader starts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from billing_portal.access.grants import may, scope_ids
from billing_portal.access.roles import SEE_MESSAGES
from billing_portal.access.web import reader_of
from cases.work.visibility import VIEW_QUEUE, WORK_QUEUE


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the work of whoever works, to the queues of whoever sees them, else to what is theirs."""
    reader = reader_of(request)
    if scope_ids(reader, WORK_QUEUE):
        return redirect("cases:mine")
    if not scope_ids(reader, VIEW_QUEUE) and may(reader, SEE_MESSAGES):
        return redirect("ops:messages")
    return redirect("cases:all")


@require_safe
def ping(request: HttpRequest) -> HttpResponse:
    """Stay signed in: being asked is what counts."""
    return HttpResponse(status=204)
