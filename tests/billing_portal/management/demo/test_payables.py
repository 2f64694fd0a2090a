"""The demo's Tryton is told of the invoices that the portal may release there, of no others."""

from datetime import date
from decimal import Decimal

import pytest

from billing_portal.embedded.tryton.bills import Bill
from billing_portal.management.demo import payables
from billing_portal.management.demo.payables import enter_bills, held_bills
from billing_portal.management.demo.purchases import SOURCE
from integrations.ports.purchasing import InvoiceKind
from tests.factories.cases import CaseFactory
from tests.factories.integrations import SourceFactory
from tests.factories.purchasing import VendorInvoiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice():
    source = SourceFactory(name=SOURCE)

    def held(**more):
        made = VendorInvoiceFactory(source=source, **more)
        CaseFactory(vendor_invoice=made)
        return made

    return held


def test_an_invoice_that_is_held_is_told_to_the_cent_the_oldest_first(invoice):
    newer = invoice(issued_on=date(2026, 9, 12), net=Decimal("40.10"), total=Decimal("40.10"))
    older = invoice(issued_on=date(2026, 9, 3))

    assert held_bills() == [
        Bill(older.vendor.key, older.number, date(2026, 9, 3), Decimal("500.00")),
        Bill(newer.vendor.key, newer.number, date(2026, 9, 12), Decimal("40.10")),
    ]


@pytest.mark.parametrize(
    "more", [{"kind": InvoiceKind.CREDIT_NOTE}, {"currency": "EUR"}], ids=["credit", "euros"]
)
def test_what_is_never_released_there_is_not_told(invoice, more):
    invoice(**more)

    assert held_bills() == []


def test_neither_is_what_nothing_holds_nor_what_came_from_elsewhere():
    VendorInvoiceFactory(source__name=SOURCE)
    CaseFactory(vendor_invoice=VendorInvoiceFactory())

    assert held_bills() == []


def test_a_sandbox_is_told_nothing(settings, monkeypatch, invoice):
    invoice()
    monkeypatch.setattr(payables, "Session", None)
    settings.TRYTON_URL = ""

    enter_bills()
