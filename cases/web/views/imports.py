"""Taking files in by hand: choose, try or take in, watch what comes of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_portal.access.roles import SEND
from billing_portal.access.web import needs
from integrations.inbox import queries as inbox
from integrations.ops.presenters import message_row

LATEST = 20


@require_safe
@needs(SEND)
def imports(request: HttpRequest) -> HttpResponse:
    """The page."""
    rows = [message_row(message) for message in inbox.newest(size=LATEST)[:LATEST]]
    return render(request, "cases/imports.html", {"rows": rows, "may_import": False})
