"""Files of a worklist: lines, and lines read again."""

import zipfile
from decimal import Decimal

from cases.views.sheets import Sheet, lines, rows_of, workbook

HEADINGS = ["Case", "At stake"]
ROWS = [['a, "b"\nc', Decimal("1.50")], ["'=1+1", Decimal("0.00")]]


def test_what_is_written_as_lines_is_read_again():
    first, *rest = lines(Sheet(HEADINGS, iter(ROWS)))

    assert first == "Case,At stake\r\n"
    assert list(rows_of("".join(rest).splitlines(keepends=True), amounts=frozenset({1}))) == ROWS


def test_a_workbook_holds_amounts_as_numbers_and_no_formula():
    sheet = zipfile.ZipFile(workbook(Sheet(HEADINGS, iter(ROWS))))

    page = sheet.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>1.5</v>" in page
    assert "<f>" not in page
