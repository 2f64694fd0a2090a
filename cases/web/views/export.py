"""A worklist as a file: CSV as it is read, or a workbook."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO, StringIO

from django.contrib import messages
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST
from xlsxwriter import Workbook

from billing_portal.access.roles import EXPORT
from billing_portal.access.web import needs, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import exporting
from cases.actions.exporting import Cell, Sheet
from cases.views.columns import chosen
from cases.views.models import SavedView
from cases.web.selecting import Selection, moment_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_POST
@needs(EXPORT)
def export(request: HttpRequest) -> HttpResponseBase:
    """Exactly the view of an address: its cases, its order, its columns."""
    reader = reader_of(request)
    selection = Selection(request.POST.get("query", "")[:2_000], [], is_all=True)
    found = selection.state
    if found is None:
        return redirect("cases:all")
    state, _slug = found
    saved = SavedView.objects.visible_to(reader).filter(path=state.path)
    shown = next((each for each in saved if str(each.public_id) == state.saved), None)
    try:
        sheet = exporting.export(
            cases=selection.cases(request, reader=reader, moment=moment_of(timezone.now())),
            order=state.sort.order(),
            columns=chosen(shown.columns if shown else []),
            query=state.top(),
            by=reader,
            with_names="with_names" in request.POST,
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(state.top())
    if request.POST.get("format") == "xlsx":
        return FileResponse(
            workbook(sheet), as_attachment=True, filename="cases.xlsx", content_type=XLSX
        )
    answer = StreamingHttpResponse(lines(sheet), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="cases.csv"'
    return answer


def lines(sheet: Sheet) -> Iterator[str]:
    """A sheet as CSV, line by line."""
    yield line_of(list(sheet.headings))
    for row in sheet.rows:
        yield line_of(row)


def line_of(row: list[Cell] | list[str]) -> str:
    """One line."""
    line = StringIO()
    csv.writer(line).writerow(row)
    return line.getvalue()


def workbook(sheet: Sheet) -> BytesIO:
    """A sheet as a workbook, a row at a time; amounts are numbers, all else is text."""
    made = BytesIO()
    book = Workbook(made, {"constant_memory": True})
    page = book.add_worksheet("Cases")
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, heading)
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                page.write_number(number, column, float(cell))
            else:
                page.write_string(number, column, cell)
    book.close()
    made.seek(0)
    return made
