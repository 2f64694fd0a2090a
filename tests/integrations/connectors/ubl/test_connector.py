"""What a UBL document says."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.connectors.ubl import CONNECTOR
from integrations.ports.protocols import InvoiceRead, MessageProblem, ReceiptRead
from integrations.ports.purchasing import InvoiceFact, InvoiceKind, bank_digest
from tests.generators import purchase

RECEIPT = b"""<ReceiptAdvice xmlns="urn:oasis:names:specification:ubl:schema:xsd:ReceiptAdvice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>GR-1</cbc:ID><cbc:IssueDate>2026-09-08</cbc:IssueDate>
  <cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference>
  <cac:ReceiptLine><cbc:ID>1</cbc:ID><cbc:ReceivedQuantity>35</cbc:ReceivedQuantity>
    <cbc:RejectedQuantity>2</cbc:RejectedQuantity>
    <cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference></cac:ReceiptLine>
</ReceiptAdvice>"""


def invoice(content: bytes) -> InvoiceFact:
    """The invoice of a file that holds one."""
    [event] = CONNECTOR.read([content])
    assert isinstance(event, InvoiceRead), event
    return event.document


def refusal(content: bytes) -> MessageProblem:
    """Why a file cannot be taken."""
    [event] = CONNECTOR.read([content])
    assert isinstance(event, MessageProblem)
    return event


def test_an_invoice_is_read_with_its_parties_amounts_and_lines():
    found = invoice(purchase.ubl())

    assert (found.kind, found.number, found.issued_on) == (
        InvoiceKind.INVOICE,
        "INV-1",
        date(2026, 9, 10),
    )
    assert (found.net, found.charges, found.tax, found.total) == (500, 10, 40, 550)
    assert found.is_balanced
    assert found.vendor.identifiers[0] == "V-1"
    assert found.vendor.tax_number == "US123456789"
    assert found.vendor.bank_digest == bank_digest("123456")
    [line] = found.lines
    assert (line.quantity, line.price, line.per) == (40, 125, 10)
    assert (found.order_number, line.order_line, line.unit) == ("PO-1", "1", "EA")


def test_a_credit_note_is_one_by_its_root_or_by_its_code():
    coded = purchase.ubl().replace(
        b"<cbc:IssueDate>", b"<cbc:InvoiceTypeCode>381</cbc:InvoiceTypeCode><cbc:IssueDate>"
    )

    assert invoice(purchase.ubl(root="CreditNote")).kind is InvoiceKind.CREDIT_NOTE
    assert invoice(coded).kind is InvoiceKind.CREDIT_NOTE


def test_what_is_prepaid_is_part_of_the_total():
    content = purchase.ubl(total="450.00").replace(
        b"<cac:LegalMonetaryTotal>",
        b'<cac:LegalMonetaryTotal><cbc:PrepaidAmount currencyID="USD">100.00</cbc:PrepaidAmount>',
    )

    found = invoice(content)

    assert (found.total, found.prepaid, found.is_balanced) == (550, 100, True)


def test_a_total_that_is_one_cent_off_is_read_as_it_is_and_marked():
    found = invoice(purchase.ubl(total="550.01"))

    assert (found.total, found.is_balanced) == (Decimal("550.01"), False)


def test_a_price_too_fine_to_be_kept_is_left_out_and_costs_nothing_else():
    found = invoice(purchase.ubl().replace(b">125.00<", b">125.0000001<"))

    assert found.lines[0].price is None
    assert found.is_balanced


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        (b"<cbc:ID>INV-1</cbc:ID>", b"", "number"),
        (b'currencyID="USD">500.00', b'currencyID="EUR">500.00', "currency"),
        (b">500.00<", b">500.005<", "amount"),
        (b">500.00<", b">five hundred<", "amount"),
        (b"2026-09-10", b"10/09/2026", "date"),
        (b"<cbc:DocumentCurrencyCode>USD", b"<cbc:DocumentCurrencyCode>dollars", "currency"),
        (b"<cac:LegalMonetaryTotal>", b"<cac:LegalMonetaryTotals>", "xml"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(was, becomes, code):
    assert refusal(purchase.ubl().replace(was, becomes)).reason_code == code


def test_two_lines_of_one_number_are_refused():
    content = purchase.ubl()
    start, end = content.index(b"<cac:InvoiceLine>"), content.index(b"</cac:InvoiceLine>")
    line = content[start:end] + b"</cac:InvoiceLine>"

    assert refusal(content.replace(line, line + line)).reason_code == "line_numbers"


def test_a_receipt_takes_off_what_was_rejected():
    [event] = CONNECTOR.read([RECEIPT])

    assert isinstance(event, ReceiptRead)
    [line] = event.document.lines
    assert (line.quantity, line.accepted, line.order_line) == (35, 33, "1")
    assert event.document.order_number == "PO-1"
