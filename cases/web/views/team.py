"""What a supervisor looks after: who has how much, how old it is, what stands still."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing_portal.access.grants import scope_ids
from billing_portal.access.web import reader_of
from cases.insights.productivity import output
from cases.web.teampage import TeamPage, output_rows
from cases.work.visibility import LEAD_QUEUE


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Load, ages and what stands still, in the queues that the reader leads."""
    reader = reader_of(request)
    if not scope_ids(reader, LEAD_QUEUE):
        return leads_nothing(request)
    page = TeamPage(reader, now=timezone.now())
    return render(request, "cases/team/team.html", {"page": page})


@require_safe
def finished(request: HttpRequest) -> HttpResponse:
    """What people finished in thirty days, by weight, and how often a second person agreed."""
    reader = reader_of(request)
    if not scope_ids(reader, LEAD_QUEUE):
        return leads_nothing(request)
    found = output(reader, at=timezone.now(), zone=timezone.get_current_timezone())
    return render(request, "cases/team/output.html", {"rows": output_rows(found)})


def leads_nothing(request: HttpRequest) -> HttpResponse:
    """Who leads no queue is told who can change that."""
    return render(request, "cases/team/none.html", status=HTTPStatus.FORBIDDEN)
