"""Long work: one's own jobs, one of them as it goes on, and stopping it."""

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing_portal.access.web import once_per_form, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import stopping
from cases.jobs.models import Job
from cases.web.jobs import shown

STOP_POLLING = 286
LATEST = 50


def visible(request: HttpRequest) -> QuerySet[Job]:
    """The reader's jobs, and those of the people they lead."""
    return Job.objects.visible_to(reader_of(request)).select_related("started_by")


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """The newest."""
    found = visible(request).order_by("-pk")[:LATEST]
    rows = [(shown(job), str(job.started_by)) for job in found]
    return render(request, "cases/jobs.html", {"rows": rows})


@require_safe
def job(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One job; asks again by itself until it has ended."""
    found = get_object_or_404(visible(request), public_id=public_id)
    is_poll = request.htmx.target == "progress"  # type: ignore[attr-defined]  # django-htmx's middleware
    context = {
        "job": shown(found),
        "starter": str(found.started_by),
        "key": uuid.uuid4(),
        "address": request.path,
    }
    status = STOP_POLLING if is_poll and found.is_finished else 200
    return render(request, "cases/job.html", context, status=status)


@require_POST
def stop(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Stop it after the step it is at."""
    found = get_object_or_404(visible(request), public_id=public_id)
    address = reverse("cases:job", args=[public_id])

    def work() -> str:
        stopping.stop(job=found, by=reader_of(request), at=timezone.now())
        messages.success(request, f"“{found}” is stopped. What was done stays done.")
        return address

    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(address)
