"""What the house decides about vendors' invoices."""

from datetime import date
from decimal import Decimal

import factory

from cases.types.invoice_exception import models
from cases.types.invoice_exception.vocabulary import Direction, Ending, HoldKind, Measure
from tests.factories.base import Made
from tests.factories.people import PersonFactory
from tests.factories.purchasing import InvoiceLineFactory, VendorFactory, VendorInvoiceFactory


class ToleranceFactory(Made):
    """A vendor's own price tolerance."""

    class Meta:
        model = models.Tolerance

    measure = Measure.PRICE
    direction = Direction.OVER
    vendor = factory.SubFactory(VendorFactory)
    percent = Decimal(1)
    amount = Decimal("10.00")
    valid_from = date(2026, 1, 1)
    citation = "Agreed with the vendor"


class HoldFactory(Made):
    """An open hold for five pieces that never came."""

    class Meta:
        model = models.Hold

    invoice = factory.SubFactory(VendorInvoiceFactory)
    kind = HoldKind.QUANTITY_RECEIVED
    line = "1"
    words = "Ordered 40, received 35, billed before 0, now 40."
    amount = Decimal("62.50")


class LineCodingFactory(Made):
    """A line's cost centre."""

    class Meta:
        model = models.LineCoding

    line = factory.SubFactory(InvoiceLineFactory)
    cost_centre = "CC-100"


class InvoiceEndingFactory(Made):
    """An invoice that was released."""

    class Meta:
        model = models.InvoiceEnding

    invoice = factory.SubFactory(VendorInvoiceFactory)
    ending = Ending.RELEASED
    by = factory.SubFactory(PersonFactory)
    reason = "Nothing stands against it"
