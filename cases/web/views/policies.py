"""Approval policies: those in force, every version of one, and a sample tried on them."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing_portal.access.roles import SEE_EDITIONS
from billing_portal.access.web import needs
from cases.actions.books import approvals, sampling
from cases.approvals.models import PolicyVersion
from cases.editions.models import Edition
from cases.web.editing.policypage import TriedPage, VersionPage, policies_page
from cases.web.editing.trying import SampleForm


@require_safe
@needs(SEE_EDITIONS)
def policies(request: HttpRequest) -> HttpResponse:
    """The policies in force, what the linter says of them, and what still waits under which."""
    return render(request, "cases/editions/policies.html", policies_page(at=timezone.now()))


@require_safe
@needs(SEE_EDITIONS)
def version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One version of a policy: its chain, what it changed, how many requests keep it."""
    found = get_object_or_404(PolicyVersion, policy=key, number=number)
    return render(request, "cases/editions/policy.html", {"page": VersionPage(found)})


@require_safe
@needs(SEE_EDITIONS)
def trial(request: HttpRequest) -> HttpResponse:
    """A sample tried on the policies in force, or on those of an edition."""
    edition = _edition(request.GET.get("edition", ""))
    content = edition.content if edition else approvals.BOOK.current()
    form = SampleForm(request.GET if "matter" in request.GET else None)
    shown: dict[str, Any] = {"form": form, "edition": edition}
    if form.is_valid():
        rules, sample = approvals.rules_of(content), form.sample
        tried = sampling.try_out(rules, sample, at=timezone.now())
        shown["page"] = TriedPage(tried, is_draft=edition is not None)
    return render(request, "cases/editions/try.html", shown)


def _edition(text: str) -> Edition | None:
    """The edition of an address; none: what is in force."""
    if not text:
        return None
    try:
        public_id = uuid.UUID(text)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Edition, public_id=public_id, book=approvals.BOOK.key)
