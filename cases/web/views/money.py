"""The money trace of a case: from the deposit to the ERP's document, to the cent."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from billing_portal.access.web import reader_of
from cases.actions import looking
from cases.insights.tracing import trace_of
from cases.web.moneypage import MoneyPage
from cases.web.views.verbs import visible


@require_safe
def trace(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Every step of a case's money, and what none of them explains. Reading it is on record."""
    case = get_object_or_404(visible(request), public_id=public_id)
    reader = reader_of(request)
    looking.listed(by=reader, cases=[case], where=request.path)
    return render(request, "cases/money.html", {"page": MoneyPage(trace_of(case), reader)})
