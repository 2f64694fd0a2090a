"""What a Cross Industry Invoice says."""

from decimal import Decimal
from pathlib import Path

import pytest

from integrations.connectors.cii import CONNECTOR
from integrations.ports.protocols import InvoiceRead, MessageProblem
from integrations.ports.purchasing import InvoiceKind, bank_digest
from tests import contracts

CONTENT = (Path(contracts.__path__[0]) / "cii" / "invoice.xml").read_bytes()


def test_an_invoice_is_read_with_its_parties_amounts_and_lines():
    [event] = CONNECTOR.read([CONTENT])

    assert isinstance(event, InvoiceRead)
    found = event.document
    assert (found.number, found.currency, found.kind) == ("INV-1", "USD", InvoiceKind.INVOICE)
    assert (found.allowances, found.charges, found.tax) == (20, 10, Decimal("38.40"))
    assert (found.total, found.prepaid, found.is_balanced) == (Decimal("528.40"), 100, True)
    assert found.vendor.identifiers == ("V-1", "US123456789", "Meridian Surgical Supply")
    assert found.vendor.bank_digest == bank_digest("123456")
    [line] = found.lines
    assert (line.quantity, line.price, line.tax_rate, line.order_line) == (
        40,
        Decimal("12.50"),
        8,
        "1",
    )


def test_type_code_381_is_a_credit_note():
    [event] = CONNECTOR.read([CONTENT.replace(b">380<", b">381<")])

    assert isinstance(event, InvoiceRead)
    assert event.document.kind is InvoiceKind.CREDIT_NOTE


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        (b"20260910", b"20261310", "date"),
        (b"CrossIndustryInvoice:100", b"CrossIndustryInvoice:1", "kind"),
        (b"<ram:DuePayableAmount>428.40</ram:DuePayableAmount>", b"", "amount_missing"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(was, becomes, code):
    [event] = CONNECTOR.read([CONTENT.replace(was, becomes)])

    assert isinstance(event, MessageProblem)
    assert event.reason_code == code
