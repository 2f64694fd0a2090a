"""What a cXML message says."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from integrations.connectors.cxml import CONNECTOR
from integrations.ports.protocols import InvoiceRead, MessageProblem, OrderRead
from integrations.ports.purchasing import InvoiceFact, InvoiceKind, OrderStanding
from tests import contracts

FOLDER = Path(contracts.__path__[0]) / "cxml"
INVOICE, MEMO, ORDER = (
    (FOLDER / name).read_bytes() for name in ("invoice.xml", "credit_memo.xml", "order.xml")
)


def invoice(content: bytes) -> InvoiceFact:
    """The invoice of a message that holds one."""
    [event] = CONNECTOR.read([content])
    assert isinstance(event, InvoiceRead), event
    return event.document


def test_an_invoice_is_read_with_its_parties_amounts_and_lines():
    found = invoice(INVOICE)

    assert (found.number, found.order_number, found.currency) == ("INV-1", "PO-1", "USD")
    assert (found.net, found.tax, found.charges, found.total) == (500, 40, 10, 550)
    assert found.vendor.tax_number == "US123456789"
    [line] = found.lines
    assert (line.quantity, line.price, line.item) == (40, Decimal("12.50"), "SK-4")
    assert (line.order_number, line.order_line) == ("PO-1", "1")


def test_a_credit_memo_has_its_amounts_turned():
    found, billed = invoice(MEMO), invoice(INVOICE)

    assert found.kind is InvoiceKind.CREDIT_NOTE
    assert replace(found, kind=billed.kind, number=billed.number) == billed


def test_a_total_left_blank_is_what_the_parts_come_to_and_named_as_missing():
    content = INVOICE.replace(
        b'<NetAmount><Money currency="USD">550.00', b'<NetAmount><Money currency="USD">'
    )

    found = invoice(content)

    assert (found.total, found.missing) == (550, ("NetAmount",))


def test_an_order_is_read_with_its_version_and_cost_centre():
    [event] = CONNECTOR.read([ORDER])

    assert isinstance(event, OrderRead)
    found = event.document
    assert (found.number, found.version, found.charges) == ("PO-1", 2, 10)
    assert (found.vendor.identifiers, found.standing) == (("V-1",), OrderStanding.OPEN)
    assert (found.lines[0].cost_centre, found.lines[0].quantity) == ("CC-100", 40)


def test_an_order_that_is_deleted_is_cancelled():
    [event] = CONNECTOR.read([ORDER.replace(b'type="new"', b'type="delete"')])

    assert isinstance(event, OrderRead)
    assert event.document.standing is OrderStanding.CANCELLED


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        (b'operation="new"', b'operation="delete"', "operation"),
        (b"InvoiceDetailRequest", b"ShipNoticeRequest", "kind"),
        (b'<Money currency="USD">40.00', b'<Money currency="EUR">40.00', "currency"),
    ],
)
def test_what_is_no_invoice_is_refused_by_name(was, becomes, code):
    [event] = CONNECTOR.read([INVOICE.replace(was, becomes)])

    assert isinstance(event, MessageProblem)
    assert event.reason_code == code


def test_lines_of_a_group_without_an_order_do_not_take_that_of_another():
    start, end = INVOICE.index(b"<InvoiceDetailOrder>"), INVOICE.index(b"</InvoiceDetailOrder>")
    group = INVOICE[start : end + len(b"</InvoiceDetailOrder>")]
    other = group.replace(b'orderID="PO-1"', b"").replace(b'Number="1" q', b'Number="2" q')

    found = invoice(INVOICE.replace(group, group + other))

    assert found.order_number == ""
    assert [line.order_number for line in found.lines] == ["PO-1", ""]
