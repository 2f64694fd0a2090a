"""Invoices, orders and receipts as files, written for the tests."""

from collections.abc import Mapping, Sequence
from textwrap import dedent

INVOICE = (
    *("vendor", "invoice_number", "kind", "issued_on", "due_on", "currency", "buyer"),
    *("order_number", "corrects", "charges", "tax", "total", "line", "description", "quantity"),
    *("price", "amount", "order_line", "vendor_tax_number", "cost_centre", "tax_rate"),
)
ORDER = (
    *("order_number", "version", "standing", "ordered_on", "currency", "vendor", "buyer"),
    *("charges", "line", "description", "quantity", "price", "way", "cost_centre", "account"),
    "tax_rate",
)
RECEIPT = (
    *("receipt_number", "order_number", "received_on", "receiver", "line", "order_line"),
    *("quantity", "accepted"),
)
AN_INVOICE = {
    "vendor": "V-1",
    "invoice_number": "INV-1",
    "issued_on": "2026-09-10",
    "currency": "USD",
    "order_number": "PO-1",
    "line": "1",
    "order_line": "1",
    "quantity": "40",
    "price": "12.50",
    "amount": "500.00",
    "total": "500.00",
}
AN_ORDER = {
    "order_number": "PO-1",
    "ordered_on": "2026-09-01",
    "currency": "USD",
    "vendor": "V-1",
    "line": "1",
    "quantity": "40",
    "price": "12.50",
    "account": "5000",
    "cost_centre": "CC-100",
}
A_RECEIPT = {
    "receipt_number": "GR-1",
    "order_number": "PO-1",
    "received_on": "2026-09-08",
    "line": "1",
    "order_line": "1",
    "quantity": "35",
}


def table(
    columns: Sequence[str], usual: Mapping[str, str], rows: Sequence[Mapping[str, str]]
) -> bytes:
    """A CSV file: each row is the usual one but for what it says."""
    written = [
        ",".join((dict(usual) | dict(row)).get(name, "") for name in columns) for row in rows
    ]
    return "\n".join([",".join(columns), *written, ""]).encode()


def invoices(*rows: Mapping[str, str]) -> bytes:
    """Lines of invoices."""
    return table(INVOICE, AN_INVOICE, rows or [{}])


def orders(*rows: Mapping[str, str]) -> bytes:
    """Lines of orders."""
    return table(ORDER, AN_ORDER, rows or [{}])


def receipts(*rows: Mapping[str, str]) -> bytes:
    """Lines of receipts."""
    return table(RECEIPT, A_RECEIPT, rows or [{}])


def ubl(
    number: str = "INV-1", *, total: str = "550.00", root: str = "Invoice", extra: str = ""
) -> bytes:
    """A UBL invoice of forty pieces at 12.50, freight 10, tax 40."""
    line, quantity = ("InvoiceLine", "InvoicedQuantity")
    if root == "CreditNote":
        line, quantity = ("CreditNoteLine", "CreditedQuantity")
    said = f"""\
    <?xml version="1.0" encoding="UTF-8"?>
    <{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
     xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
     xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
      <cbc:ID>{number}</cbc:ID>
      <cbc:IssueDate>2026-09-10</cbc:IssueDate>
      <cbc:DocumentCurrencyCode>USD</cbc:DocumentCurrencyCode>
      <cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference>
      <cac:AccountingSupplierParty><cac:Party>
        <cac:PartyIdentification><cbc:ID>V-1</cbc:ID></cac:PartyIdentification>
        <cac:PartyName><cbc:Name>Meridian Surgical Supply</cbc:Name></cac:PartyName>
        <cac:PartyTaxScheme><cbc:CompanyID>not registered</cbc:CompanyID>
          <cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
        <cac:PartyTaxScheme><cbc:CompanyID>US123456789</cbc:CompanyID>
          <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
      </cac:Party></cac:AccountingSupplierParty>
      <cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>12 3456</cbc:ID>
      </cac:PayeeFinancialAccount></cac:PaymentMeans>
      <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
        <cbc:Amount currencyID="USD">10.00</cbc:Amount></cac:AllowanceCharge>
      <cac:TaxTotal><cbc:TaxAmount currencyID="USD">40.00</cbc:TaxAmount></cac:TaxTotal>
      <cac:LegalMonetaryTotal>
        <cbc:PayableAmount currencyID="USD">{total}</cbc:PayableAmount>
      </cac:LegalMonetaryTotal>
      <cac:{line}><cbc:ID>1</cbc:ID>
        <cbc:{quantity} unitCode="EA">40</cbc:{quantity}>
        <cbc:LineExtensionAmount currencyID="USD">500.00</cbc:LineExtensionAmount>
        <cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>
        <cac:Item><cbc:Name>Suture kit</cbc:Name></cac:Item>
        <cac:Price><cbc:PriceAmount currencyID="USD">125.00</cbc:PriceAmount>
          <cbc:BaseQuantity>10</cbc:BaseQuantity></cac:Price>
      </cac:{line}>{extra}
    </{root}>
    """
    return dedent(said).encode()
