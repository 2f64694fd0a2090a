"""Who could move money alone, as rights stand now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing_portal.access.roles import SEE_AUDIT
from billing_portal.access.web import needs
from cases.approvals.apart import dangers


@require_safe
@needs(SEE_AUDIT)
def alone(request: HttpRequest) -> HttpResponse:
    """For those who may read the record: everybody who could, and by which path."""
    return render(request, "cases/approvals/alone.html", {"rows": dangers(at=timezone.now())})
