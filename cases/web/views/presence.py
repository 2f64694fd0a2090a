"""Who is at which case, asked by pages every fifteen seconds; and what is typed, kept as typed."""

import uuid
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from billing_portal.access.web import reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import attending
from cases.collaboration.attendance import attended, others_at
from cases.web.views.verbs import visible

NOT_TYPED = {"csrfmiddlewaretoken", "key", "seen_version", "in_dialog"}


@require_safe
def attendance(request: HttpRequest) -> JsonResponse:
    """Who else is at the cases of the reader's queues: initials, name, and whether they write."""
    found = attended(reader_of(request))
    return JsonResponse(
        {
            case: [[each.user.initials, str(each.user), each.is_writing] for each in people]
            for case, people in found.items()
        }
    )


@require_POST
def here(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The reader is still at a case; who else is."""
    case, reader = get_object_or_404(visible(request), public_id=public_id), reader_of(request)
    attending.attend(case=case, by=reader, is_writing=request.POST.get("writing") == "1")
    shown = {"others": others_at(case, reader=reader)}
    return render(request, "cases/parts/here.html", shown)


@require_POST
def draft(request: HttpRequest, public_id: uuid.UUID, form: str) -> HttpResponse:
    """Keep what was typed into a form of a case."""
    case = get_object_or_404(visible(request), public_id=public_id)
    typed = {name: str(value) for name, value in request.POST.items() if name not in NOT_TYPED}
    try:
        attending.keep(case=case, by=reader_of(request), form=form, fields=typed)
    except DomainError:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
