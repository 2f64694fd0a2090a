"""Many cases at once: ask, freeze, preview, do, follow, undo."""

import csv
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from io import StringIO
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing_portal.access.web import once_per_form, reader_of
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.tables import harmless
from cases.actions import bulking
from cases.bulk.models import Batch, BatchStatus, BulkVerb, RowOutcome, Why
from cases.bulk.queries import results, rows_of
from cases.web import batches, jobs
from cases.web.bulkforms import FORMS, BulkForm
from cases.web.offers import offer, withdraw
from cases.web.presenters import headline_money
from cases.web.selecting import ALL, PAGE, Selection, moment_of
from cases.work.queries import total_of

LATEST = 50
LISTED = 100
STOP_POLLING = 286


def own(request: HttpRequest) -> QuerySet[Batch]:
    """The reader's batches."""
    return Batch.objects.of(reader_of(request)).select_related("by", "job")


@require_safe
def all_batches(request: HttpRequest) -> HttpResponse:
    """The newest."""
    rows = [batches.shown(batch) for batch in own(request).order_by("-pk")[:LATEST]]
    return render(request, "cases/bulk/list.html", {"rows": rows})


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """What a verb asks for the selected cases; answered, the selection is frozen for a preview."""
    verb = next((each for each in BulkVerb if each == request.POST.get("verb")), None)
    if verb is None:
        return redirect("cases:all")
    reader, now = reader_of(request), timezone.now()
    selection = Selection.of(request.POST)
    cases = selection.cases(request, reader=reader, moment=moment_of(now))
    if "reason" not in request.POST:
        return ask(request, verb, selection, FORMS[verb](reader=reader, cases=cases))
    form = FORMS[verb](reader=reader, cases=cases, data=request.POST)
    if not form.is_valid():
        return ask(request, verb, selection, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def work() -> str:
        batch = bulking.freeze(
            cases=cases,
            query=selection.query,
            verb=verb,
            arguments=form.arguments,
            reason=form.cleaned_data["reason"],
            by=reader,
            at=now,
        )
        return reverse("cases:batch", args=[batch.public_id])

    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        return ask(request, verb, selection, form, refusal=str(refusal), status=HTTPStatus.CONFLICT)


def ask(
    request: HttpRequest,
    verb: BulkVerb,
    selection: Selection,
    form: BulkForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    refusal: str = "",
) -> HttpResponse:
    """The question, with how many cases it is about."""
    many, amount = total_of(form.cases)
    context = {
        "verb": verb,
        "form": form,
        "refusal": refusal,
        "many": many,
        "amount": headline_money(amount),
        "back": selection.query if selection.state else reverse("cases:all"),
        "query": selection.query,
        "scope": ALL if selection.is_all else PAGE,
        "ids": [] if selection.is_all else selection.ids,
        "key": uuid.uuid4(),
    }
    return render(request, "cases/bulk/ask.html", context, status=status)


@require_safe
def batch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A batch: what it will do, how far it is, or what it did and how to take it back."""
    found = get_object_or_404(own(request), public_id=public_id)
    context: dict[str, Any] = {
        "batch": batches.shown(found),
        "public_id": found.public_id,
        "key": uuid.uuid4(),
        "address": request.path,
    }
    if found.status == BatchStatus.DRAFT:
        preview = bulking.preview(batch=found)
        return render(
            request, "cases/bulk/preview.html", context | batches.previewed(found, preview)
        )
    context |= {
        "results": [batches.result_of(group) for group in results(found)],
        "left": left_of(found),
        "can_be_undone": found.can_be_undone,
        "job": jobs.shown(found.job) if found.job else None,
    }
    answer = render(request, "cases/bulk/batch.html", context)
    is_poll = request.htmx.target == "progress"  # type: ignore[attr-defined]  # django-htmx's middleware
    if is_poll and (found.job is None or found.job.is_finished):
        answer.status_code = STOP_POLLING
        answer["HX-Refresh"] = "true"
    return answer


def left_of(found: Batch) -> list[dict[str, str]]:
    """The first cases that stay as they are, each with why."""
    rows = rows_of(found).filter(outcome__in=[RowOutcome.SKIPPED, RowOutcome.KEPT])
    return [
        {
            "reference": row.case.reference,
            "url": reverse("cases:case", args=[row.case.public_id]),
            "outcome": RowOutcome(row.outcome).label,
            "why": row.words or Why(row.why).label,
        }
        for row in rows[:LISTED]
    ]


@require_POST
def start(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Do what was previewed."""
    return change(request, public_id, bulking.start)


@require_POST
def undo(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take back what was done."""
    return change(request, public_id, bulking.undo)


def change(request: HttpRequest, public_id: uuid.UUID, action: Any) -> HttpResponse:
    """Do or undo a batch, once, and offer the way back."""
    found = get_object_or_404(own(request), public_id=public_id)
    address = reverse("cases:batch", args=[public_id])

    def work() -> str:
        done = action(batch=found, by=reader_of(request), at=timezone.now())
        said = f"{done}. {BatchStatus(done.status).label}."
        messages.success(request, said)
        undoable = action is bulking.start and done.verb != BulkVerb.COMMENT
        if undoable:
            offer(request, words=said, url=reverse("cases:batch_undo", args=[public_id]))
        else:
            withdraw(request)
        return address

    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(address)


@require_safe
def download(request: HttpRequest, public_id: uuid.UUID) -> StreamingHttpResponse:
    """What became of each case, as a file: references and reasons, nothing of a patient."""
    found = get_object_or_404(own(request), public_id=public_id)
    answer = StreamingHttpResponse(lines(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="batch-{found.pk}.csv"'
    return answer


def lines(found: Batch) -> Iterator[str]:
    """The file, line by line."""
    yield "Case,Outcome,Why\r\n"
    for row in rows_of(found).iterator(chunk_size=1_000):
        why = row.words or (Why(row.why).label if row.why else "")
        line = StringIO()
        csv.writer(line).writerow(
            [harmless(row.case.reference), RowOutcome(row.outcome).label, harmless(why)]
        )
        yield line.getvalue()
