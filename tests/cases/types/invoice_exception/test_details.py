"""The details of an invoice exception are read back as they were written."""

from datetime import date
from decimal import Decimal

from cases.types.invoice_exception.details import HeldFor, InvoiceDetails


def test_details_survive_their_json():
    details = InvoiceDetails(
        decision="d",
        kind="invoice",
        number="INV-1",
        vendor="Meridian",
        vendor_key="V-1",
        bank_digest="b" * 64,
        issued_on=date(2026, 9, 10),
        due_on=None,
        orders=("PO-1",),
        total=Decimal("500.00"),
        variance=Decimal("62.50"),
        holds=(HeldFor("price", "1", "Ordered at 12.50, billed at 13.00.", Decimal("20.00")),),
    )

    assert InvoiceDetails.from_json(details.as_json()) == details
