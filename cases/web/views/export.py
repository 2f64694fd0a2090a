"""A worklist as a file: CSV as it is read, or a workbook; many cases as a file of a job."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing_portal.access.roles import EXPORT
from billing_portal.access.web import needs, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import exporting, exports
from cases.jobs.models import Job
from cases.views.columns import chosen
from cases.views.models import SavedView
from cases.views.sheets import CSV, XLSX, Sheet, lines, workbook
from cases.web.selecting import Selection, moment_of


@require_POST
@needs(EXPORT)
def export(request: HttpRequest) -> HttpResponseBase:
    """Exactly the view of an address: its cases, its order, its columns.

    More than one answer holds are written by a job.
    """
    reader = reader_of(request)
    selection = Selection(request.POST.get("query", "")[:2_000], [], is_all=True)
    found = selection.state
    if found is None:
        return redirect("cases:all")
    state, _slug = found
    saved = SavedView.objects.visible_to(reader).filter(path=state.path)
    shown = next((each for each in saved if str(each.public_id) == state.saved), None)
    kind = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
    wanted: dict[str, Any] = {
        "cases": selection.cases(request, reader=reader, moment=moment_of(timezone.now())),
        "order": state.sort.order(),
        "columns": chosen(shown.columns if shown else []),
        "query": state.top(),
        "by": reader,
        "with_names": "with_names" in request.POST,
    }
    try:
        return answer(exporting.export(**wanted), kind)
    except exporting.TooMany:
        return begun(request, wanted, kind)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(state.top())


def begun(request: HttpRequest, wanted: dict[str, Any], kind: str) -> HttpResponseBase:
    """A job writes the file; its page follows it and links to what it made."""
    try:
        job = exports.begin(kind=kind, **wanted)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(wanted["query"])
    return redirect("cases:job", job.public_id)


@require_safe
@needs(EXPORT)
def fetch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The file that a job of the reader's made. Taking it is on record."""
    reader = reader_of(request)
    own = Job.objects.filter(kind=exports.KIND, started_by=reader)
    job = get_object_or_404(own, public_id=public_id)
    try:
        kept = exports.fetch(job=job, by=reader, at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("cases:job", public_id)
    return FileResponse(
        default_storage.open(kept.path),
        as_attachment=True,
        filename=kept.filename,
        content_type=kept.content_type,
    )


def answer(sheet: Sheet, kind: str) -> HttpResponseBase:
    """A sheet as a file, at once."""
    if kind == "xlsx":
        return FileResponse(
            workbook(sheet), as_attachment=True, filename="cases.xlsx", content_type=XLSX
        )
    streamed = StreamingHttpResponse(lines(sheet), content_type=CSV)
    streamed["Content-Disposition"] = 'attachment; filename="cases.csv"'
    return streamed
