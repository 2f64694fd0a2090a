"""Taking back what one did last to a case."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from billing_portal.access.web import once_per_form, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import undoing
from cases.types.denial.appeals.actions import retracting
from cases.types.denial.appeals.models import Appeal
from cases.web.offers import withdraw
from cases.work.models import Case
from cases.work.visibility import CaseNotFound


@require_POST
def undo(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Restore what the reader's last move changed; then the case, or why not."""
    reader = reader_of(request)
    seen = request.POST.get("seen_version", "")

    def work() -> str:
        undone = undoing.undo(
            case=undoing.find(by=reader, public_id=public_id),
            by=reader,
            at=timezone.now(),
            seen_version=int(seen) if seen.isdecimal() else 0,
        )
        messages.success(request, f"{undone} is as it was before.")
        return reverse("cases:case", args=[public_id])

    try:
        answer: HttpResponse = once_per_form(request, work)
    except CaseNotFound as refusal:
        raise Http404 from refusal
    except DomainError as refusal:
        messages.error(request, str(refusal))
        answer = redirect(whence(request, public_id))
    withdraw(request)
    return answer


@require_POST
def appeal(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Do the inverse of the reader's last step on an appeal; or why not."""
    reader, seen = reader_of(request), request.POST.get("seen_version", "")
    found = get_object_or_404(Appeal.objects.visible_to(reader), public_id=public_id)
    address = reverse("cases:appeal_page", args=[public_id])

    def work() -> str:
        version = int(seen) if seen.isdecimal() else 0
        retracting.undo(appeal=found, by=reader, at=timezone.now(), seen_version=version)
        messages.success(request, "It is taken back; both steps stay on record.")
        return address

    try:
        answer: HttpResponse = once_per_form(request, work)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        answer = redirect(address)
    withdraw(request)
    return answer


def whence(request: HttpRequest, public_id: uuid.UUID) -> str:
    """The case, if it is in sight; else back to work."""
    is_seen = Case.objects.visible_to(reader_of(request)).filter(public_id=public_id).exists()
    return reverse("cases:case", args=[public_id]) if is_seen else reverse("cases:mine")
