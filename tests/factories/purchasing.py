"""Vendors, orders, receipts and vendors' invoices."""

from datetime import date
from decimal import Decimal

import factory

from integrations.canonical import models
from tests.factories.base import Made
from tests.factories.integrations import FacilityFactory, SourceFactory
from tests.factories.people import PersonFactory

ZERO = Decimal("0.00")


class VendorFactory(Made):
    """A vendor that somebody confirmed."""

    class Meta:
        model = models.Vendor

    key = factory.Sequence(lambda n: f"V-{n}")
    name = factory.Sequence(lambda n: f"Test Vendor {n}")
    is_confirmed = True


class VendorIdentifierFactory(Made):
    """What a source calls a vendor."""

    class Meta:
        model = models.VendorIdentifier

    source = factory.SubFactory(SourceFactory)
    identifier = factory.Sequence(lambda n: f"VI-{n}")
    vendor = factory.SubFactory(VendorFactory)


class PurchaseOrderFactory(Made):
    """An open order."""

    class Meta:
        model = models.PurchaseOrder

    source = factory.SubFactory(SourceFactory)
    number = factory.Sequence(lambda n: f"PO-{n}")
    revision = 1
    digest = factory.Sequence(lambda n: f"order-digest-{n}")
    vendor = factory.SubFactory(VendorFactory)
    facility = factory.SubFactory(FacilityFactory)
    standing = models.OrderStanding.OPEN
    ordered_on = date(2026, 9, 1)
    charges = ZERO


class OrderLineFactory(Made):
    """Forty pieces at twelve dollars fifty."""

    class Meta:
        model = models.OrderLine

    order = factory.SubFactory(PurchaseOrderFactory)
    number = factory.Sequence(lambda n: str(n + 1))
    quantity = Decimal(40)
    price = Decimal("12.50")
    account = "5000"
    cost_centre = "CC-100"


class GoodsReceiptFactory(Made):
    """Something came."""

    class Meta:
        model = models.GoodsReceipt

    source = factory.SubFactory(SourceFactory)
    number = factory.Sequence(lambda n: f"GR-{n}")
    order_number = factory.Sequence(lambda n: f"PO-R{n}")
    digest = factory.Sequence(lambda n: f"receipt-digest-{n}")
    received_on = date(2026, 9, 8)


class ReceiptLineFactory(Made):
    """Thirty-five pieces came."""

    class Meta:
        model = models.ReceiptLine

    receipt = factory.SubFactory(GoodsReceiptFactory)
    number = factory.Sequence(lambda n: str(n + 1))
    order_line = "1"
    quantity = Decimal(35)


class VendorInvoiceFactory(Made):
    """An invoice of five hundred dollars, tax-free."""

    class Meta:
        model = models.VendorInvoice

    source = factory.SubFactory(SourceFactory)
    kind = models.InvoiceKind.INVOICE
    vendor = factory.SubFactory(VendorFactory)
    vendor_identifier = factory.LazyAttribute(lambda each: each.vendor.key)
    number = factory.Sequence(lambda n: f"INV-{n:05}")
    digest = factory.Sequence(lambda n: f"invoice-digest-{n}")
    facility = factory.SubFactory(FacilityFactory)
    issued_on = date(2026, 9, 10)
    net = Decimal("500.00")
    allowances = charges = tax = rounding = prepaid = ZERO
    total = factory.LazyAttribute(
        lambda each: each.net - each.allowances + each.charges + each.tax + each.rounding
    )
    is_balanced = True
    entered_by = factory.SubFactory(PersonFactory)
    position = 1
    message_sha256 = "0" * 64


class InvoiceLineFactory(Made):
    """Forty pieces at twelve dollars fifty."""

    class Meta:
        model = models.InvoiceLine

    invoice = factory.SubFactory(VendorInvoiceFactory)
    number = factory.Sequence(lambda n: str(n + 1))
    quantity = Decimal(40)
    price = Decimal("12.50")
    adjustment = ZERO
    amount = Decimal("500.00")
    order_number = factory.LazyAttribute(lambda each: each.invoice.order_number)
    order_line = "1"
