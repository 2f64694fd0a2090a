"""Taking files in by hand: choose, try or take in, watch what comes of each."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from kombu.exceptions import OperationalError

from billing_portal.access.roles import SEND
from billing_portal.access.web import needs, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.intake.following import progress_of
from cases.intake.ingesting import IncomingFile, Run, ingest, store
from cases.intake.report import FileReport, IntakeReport
from cases.web.forms import ImportForm
from cases.web.presenters import shown_money
from cases.work.models import Case
from integrations.canonical.models import Source
from integrations.inbox import queries as inbox
from integrations.inbox.models import Message, MessageStatus
from integrations.ops.presenters import TONES, message_row
from integrations.tasks import apply_waiting

LATEST = 20
MOST = 200
STOP_POLLING = 286


@dataclass(frozen=True, slots=True)
class FileShown:
    """What became of one file."""

    name: str
    status: str
    tone: str
    words: str
    totals: list[tuple[str, str]]
    pieces: Sequence[Any]
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEND)
def imports(request: HttpRequest) -> HttpResponse:
    """The page; for files sent, what they would come to, or the page that watches them."""
    sources = Source.objects.filter(is_active=True).order_by("label", "pk")
    form = ImportForm(request.POST or None, request.FILES or None, sources=sources)
    if request.method != "POST":
        return page(request, form)
    if not form.is_valid():
        return page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    files = [incoming(file) for file in form.cleaned_data["uploads"]]
    if "dry_run" in request.POST:
        report = ingest(
            source=form.cleaned_data["source"],
            files=files,
            by=reader_of(request),
            at=timezone.now(),
            dry_run=True,
        )
        return page(request, form, report=shown(report), rehearsed=True)
    return redirect(taken_in(request, form.cleaned_data["source"], files))


def page(
    request: HttpRequest, form: ImportForm, *, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    """The upload page with the latest messages."""
    rows = [message_row(message) for message in inbox.newest(size=LATEST)[:LATEST]]
    return render(
        request, "cases/imports.html", {"form": form, "rows": rows, **more}, status=status
    )


def incoming(file: UploadedFile[bytes]) -> IncomingFile:
    """An uploaded file, to be opened as often as asked."""
    path = file.temporary_file_path()  # type: ignore[attr-defined]  # the only handler is the temporary file's
    return IncomingFile(name=file.name or "file", open=lambda: open(path, "rb"))  # noqa: PTH123 -- closed by its reader


def taken_in(request: HttpRequest, source: Source, files: Sequence[IncomingFile]) -> str:
    """Store the files and wake a worker; returns the address that watches them."""
    run = Run(source, reader_of(request), timezone.now())
    query: list[tuple[str, str]] = []
    for file in files:
        try:
            receipt = store(run, file)
        except DomainError as refusal:
            messages.error(request, f"{file.name}: {refusal}")
            continue
        query.append(("m" if receipt.is_new else "held", str(receipt.message.public_id)))
    if not query:
        return reverse("cases:imports")
    with suppress(OperationalError):  # without a broker the next sweep finds them
        apply_waiting.delay()
    return f"{reverse('cases:import_result')}?{urlencode(query)}"


@require_safe
@needs(SEND)
def result(request: HttpRequest) -> HttpResponse:
    """What became of the files so far; asks again by itself until all is settled."""
    fresh, held = ids(request, "m"), ids(request, "held")
    found = list(
        Message.objects.filter(public_id__in=[*fresh, *held])
        .select_related("source")
        .order_by("pk")[:MOST]
    )
    if not found:
        raise Http404
    progress = progress_of(found, held=held)
    context = {
        "report": shown(progress.report),
        "is_pending": progress.is_pending,
        "settled": progress.read,
        "all": len(found),
        "address": request.get_full_path(),
        "opened": opened_by(request, [message.correlation_id for message in found]),
    }
    is_poll = request.htmx.target == "progress"  # type: ignore[attr-defined]  # django-htmx's middleware
    status = STOP_POLLING if is_poll and not progress.is_pending else HTTPStatus.OK
    return render(request, "cases/import_result.html", context, status=status)


def ids(request: HttpRequest, name: str) -> set[uuid.UUID]:
    """The messages of an address; nonsense names none."""
    found = set()
    for text in request.GET.getlist(name)[:MOST]:
        with suppress(ValueError):
            found.add(uuid.UUID(text))
    return found


def opened_by(request: HttpRequest, correlation_ids: Sequence[str]) -> list[dict[str, str]]:
    """The cases that some messages led to, as far as the reader may see them."""
    cases = (
        Case.objects.visible_to(reader_of(request))
        .filter(detections__correlation_id__in=correlation_ids)
        .distinct()
        .order_by("-amount_at_risk", "pk")[:LATEST]
    )
    return [
        {
            "url": reverse("cases:case", args=[case.public_id]),
            "reference": case.reference,
            "title": case.title,
            "code": case.code,
            "amount": shown_money(case.amount_at_risk, case.currency),
        }
        for case in cases
    ]


def shown(report: IntakeReport) -> dict[str, Any]:
    """A report as the page shows it."""
    currency = next((f.message.source.currency for f in report.files if f.message), "USD")
    totals = report.totals
    return {
        "files": [file_shown(file) for file in report.files],
        "numbers": [
            ("Claims", f"{totals.claims:,}"),
            ("Already held", f"{totals.duplicates:,}"),
            ("Denied", f"{report.denials.whole:,}"),
            ("Denied in part", f"{report.denials.partial:,}"),
            ("Set aside", f"{len(report.quarantined):,}"),
            ("Paid", shown_money(totals.paid, currency)),
            ("Cases opened", f"{report.cases.opened:,}"),
            ("Cases updated", f"{report.cases.updated:,}"),
            ("Cases closed", f"{report.cases.closed:,}"),
        ],
    }


def file_shown(file: FileReport) -> FileShown:
    """One file of a report."""
    message, totals = file.message, file.totals
    if message is None:
        return FileShown(file.name, "Not taken", "bad", "", [], file.pieces, "")
    status = MessageStatus(message.status)
    words = "This file was received before: nothing is applied twice." if file.was_held else ""
    currency = message.source.currency
    numbers = [
        ("claims", f"{totals.claims:,}"),
        ("already held", f"{totals.duplicates:,}"),
        ("charged", shown_money(totals.charge, currency)),
        ("paid", shown_money(totals.paid, currency)),
    ]
    is_waiting = status is MessageStatus.RECEIVED
    return FileShown(
        name=file.name or message.filename,
        status="Being read" if is_waiting else status.label,
        tone=TONES[status],
        words=words,
        totals=[] if is_waiting else numbers,
        pieces=file.pieces,
        url=reverse("ops:message", args=[message.public_id]),
    )
