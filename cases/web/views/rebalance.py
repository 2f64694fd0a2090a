"""Sharing a queue's work out anew: choose, preview, apply. Each share can be undone as a batch."""

import uuid
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_portal.access.grants import scope_ids
from billing_portal.access.web import once_per_form, reader_of
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import rebalancing
from cases.bulk.models import Batch, BatchStatus, BulkVerb
from cases.insights.rebalancing import candidates, proposal, shares
from cases.insights.spreading import Bar
from cases.web.presenters import headline_money
from cases.web.qualityforms import RebalanceForm
from cases.web.views.team import leads_nothing
from cases.work.models import Queue
from cases.work.visibility import LEAD_QUEUE

MOST = 50
BARS = {
    Bar.SITE: "{counted} of sites that are not theirs.",
    Bar.SKILL: "{counted} that need a skill they do not have.",
    Bar.FULL: "as many of this queue as they can hold.",
}
"""Why somebody does not get a case."""


@require_http_methods(["GET", "HEAD", "POST"])
def rebalance(request: HttpRequest) -> HttpResponse:
    """Choose a queue and its people; answered, a preview of who gets what is frozen."""
    reader = reader_of(request)
    queues = list(
        Queue.objects.filter(pk__in=scope_ids(reader, LEAD_QUEUE), is_active=True).order_by(
            "position", "name", "pk"
        )
    )
    if not queues:
        return leads_nothing(request)
    asked = request.GET.get("queue", queues[0].key)
    queue = next((each for each in queues if each.key == asked), None)
    if queue is None:
        raise Http404
    form = RebalanceForm(request.POST or None, candidates=candidates(reader, queue))
    context = {"queues": queues, "queue": queue, "form": form, "refusal": ""}
    if request.method != "POST":
        return render(request, "cases/team/rebalance.html", context)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            return redirect(preview_url(drafted(reader, queue, form)))
        except DomainError as refusal:
            context["refusal"], status = str(refusal), HTTPStatus.CONFLICT
            context["left"] = left_out(reader, queue, form.cleaned_data["people"])
    return render(request, "cases/team/rebalance.html", context, status=status)


def drafted(reader: User, queue: Queue, form: RebalanceForm) -> list[Batch]:
    """The proposal, frozen."""
    given = form.cleaned_data
    plan = proposal(reader, queue=queue, people=given["people"], with_free=given["with_free"])
    asked = [("queue", queue.key), *(("person", each.username) for each in given["people"])]
    return rebalancing.draft(
        plan=plan.given,
        by=reader,
        reason=given["reason"],
        query=f"{reverse('cases:rebalance')}?{urlencode(asked)}",
        at=timezone.now(),
    )


def preview_url(batches: list[Batch]) -> str:
    """Where some drafts are looked at together."""
    asked = urlencode([("batch", str(each.public_id)) for each in batches])
    return f"{reverse('cases:rebalance_preview')}?{asked}"


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """Who gets what: counts and money; nothing has changed yet."""
    reader = reader_of(request)
    batches = batches_of(reader, request.GET.getlist("batch"))
    context = {
        "batches": batches,
        "shares": [(each, headline_money(each.amount)) for each in shares(reader, batches)],
        "left": left_of(reader, batches),
        "reason": batches[0].reason,
        "is_draft": all(each.status == BatchStatus.DRAFT for each in batches),
        "back": batches[0].query,
        "key": uuid.uuid4(),
    }
    return render(request, "cases/team/preview.html", context)


def left_of(reader: User, batches: list[Batch]) -> list[str]:
    """Whom a draft leaves out, and why, as things stand now; nothing of what is done."""
    if any(each.status != BatchStatus.DRAFT for each in batches):
        return []
    asked = QueryDict(urlsplit(batches[0].query).query)
    led = Queue.objects.filter(pk__in=scope_ids(reader, LEAD_QUEUE))
    queue = led.filter(key=asked.get("queue", "")).first()
    people = list(User.objects.filter(username__in=asked.getlist("person")))
    return left_out(reader, queue, people) if queue is not None and people else []


def left_out(reader: User, queue: Queue, people: Sequence[User]) -> list[str]:
    """From how many cases each of some people is kept, and by what, in sentences."""
    barred = proposal(reader, queue=queue, people=people, with_free=True).barred
    return [
        f"{person}: {BARS[bar].format(counted=f'{many:,} case{pluralize(many)}')}"
        for person in sorted(people, key=str)
        for bar, many in sorted(barred.get(person.pk, {}).items())
    ]


@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Do it, once."""
    reader = reader_of(request)
    batches = batches_of(reader, request.POST.getlist("batch"))

    def work() -> str:
        made = rebalancing.apply(batches=batches, by=reader, at=timezone.now())
        moved = sum(each.cases for each in made)
        messages.success(
            request, f"{moved:,} cases are shared out anew. Each share can be undone below."
        )
        return preview_url(made)

    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(preview_url(batches))


def batches_of(reader: User, ids: list[str]) -> list[Batch]:
    """The reader's own shares of an address. Raises Http404 when one is not theirs, or no share."""
    try:
        keys = {uuid.UUID(each) for each in ids[:MOST]}
    except ValueError:
        raise Http404 from None
    own = Batch.objects.of(reader).filter(verb=BulkVerb.ASSIGN)
    found = list(own.filter(public_id__in=keys).order_by("pk"))
    if not found or len(found) != len(keys):
        raise Http404
    return found
