"""A worklist as a file: CSV line by line, or a workbook."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO

from xlsxwriter import Workbook

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | Decimal


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: its headings, and its rows as they are read."""

    headings: list[str]
    rows: Iterator[list[Cell]]


def lines(sheet: Sheet) -> Iterator[str]:
    """A sheet as CSV, line by line."""
    yield line_of(sheet.headings)
    for row in sheet.rows:
        yield line_of(row)


def line_of(row: Sequence[Cell]) -> str:
    """One line."""
    line = StringIO()
    csv.writer(line).writerow(row)
    return line.getvalue()


def rows_of(text: Iterable[str], *, amounts: frozenset[int]) -> Iterator[list[Cell]]:
    """The rows of lines without headings; what stands in these columns are amounts."""
    for row in csv.reader(text):
        yield [Decimal(cell) if place in amounts else cell for place, cell in enumerate(row)]


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
