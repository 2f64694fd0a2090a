"""What a table of invoices, orders or receipts says."""

from decimal import Decimal

import pytest

from integrations.connectors.invoice_csv import CONNECTOR
from integrations.ports.protocols import InvoiceRead, MessageProblem, OrderRead, ReceiptRead
from tests.generators import purchase


def test_rows_of_one_number_are_one_invoice_wherever_they_stand():
    content = purchase.invoices(
        {"total": "600.00"},
        {"invoice_number": "INV-2"},
        {"total": "600.00", "line": "2", "amount": "100.00", "quantity": "8"},
    )

    first, second = CONNECTOR.read([content])

    assert isinstance(first, InvoiceRead)
    assert isinstance(second, InvoiceRead)
    assert [line.amount for line in first.document.lines] == [500, 100]
    assert (first.document.total, first.document.is_balanced) == (600, True)
    assert second.document.number == "INV-2"


def test_a_bad_invoice_costs_the_others_nothing():
    content = purchase.invoices({}, {"invoice_number": "INV-2", "amount": "x"})

    first, second = CONNECTOR.read([content])

    assert isinstance(first, InvoiceRead)
    assert isinstance(second, MessageProblem)
    assert (second.position, second.reason_code) == (3, "amount")


def test_rows_that_contradict_each_other_are_refused():
    [event] = CONNECTOR.read([purchase.invoices({}, {"line": "2", "total": "501.00"})])

    assert isinstance(event, MessageProblem)
    assert event.reason_code == "contradiction"
    assert "total (row 3)" in event.reason


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_usual_ways_of_writing_a_table_are_read(mark, encoding):
    text = purchase.orders({"description": "Nähte", "way": "4"}).decode().replace(",", mark)

    [event] = CONNECTOR.read([text.encode(encoding)])

    assert isinstance(event, OrderRead)
    [line] = event.document.lines
    assert (line.description, line.way, line.price) == ("Nähte", 4, Decimal("12.50"))


def test_a_receipt_says_what_was_accepted_if_anybody_looked():
    unseen, seen = CONNECTOR.read(
        [purchase.receipts({}, {"receipt_number": "GR-2", "accepted": "33"})]
    )

    assert isinstance(unseen, ReceiptRead)
    assert isinstance(seen, ReceiptRead)
    assert (unseen.document.lines[0].accepted, seen.document.lines[0].accepted) == (None, 33)


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"invoice_number\nINV-1\n"])
def test_a_table_of_something_else_is_refused(content):
    [event] = CONNECTOR.read([content])

    assert isinstance(event, MessageProblem)
    assert event.reason_code == "columns"


def test_a_line_without_an_order_does_not_take_that_of_another():
    freight = {"line": "2", "order_number": "", "order_line": "", "amount": "0.00"}

    [event] = CONNECTOR.read([purchase.invoices({}, freight)])

    assert isinstance(event, InvoiceRead)
    assert event.document.order_number == ""
    assert [line.order_number for line in event.document.lines] == ["PO-1", ""]
