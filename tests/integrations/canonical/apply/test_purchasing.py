"""What invoices, orders and receipts leave in the records, in whichever order and how often."""

from decimal import Decimal

import pytest

from integrations.canonical.models import (
    GoodsReceipt,
    InvoiceLine,
    OrderLine,
    OrderStanding,
    PurchaseOrder,
    Vendor,
    VendorInvoice,
)
from integrations.feed.models import Change, Record
from integrations.inbox.models import MessageStatus, Quarantined
from tests.factories.integrations import FacilityIdentifierFactory, SourceFactory
from tests.generators import purchase
from tests.integrations.canonical.apply.state import check_deferred

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(db):
    return SourceFactory(name="vendors", connector="invoice_csv")


@pytest.fixture(autouse=True)
def _checked_as_at_commit(db):
    yield
    check_deferred()


def test_everything_an_invoice_says_is_kept(door):
    facility = FacilityIdentifierFactory(source=door.source, identifier="HOSPITAL").facility
    row = {"buyer": "HOSPITAL", "charges": "10.00", "tax": "40.00", "total": "550.00"}

    message = door.takes_bytes(purchase.invoices(row))

    assert message.status == MessageStatus.APPLIED
    invoice = VendorInvoice.objects.get()
    assert (invoice.number, invoice.total, invoice.net) == ("INV-1", Decimal(550), Decimal(500))
    assert (invoice.facility, invoice.vendor.key) == (facility, "V-1")
    assert invoice.entered_by == message.received_by
    line = InvoiceLine.objects.get()
    assert (line.order_number, line.order_line, line.quantity) == ("PO-1", "1", 40)
    assert Change.objects.get().record == Record.VENDOR_INVOICE


@pytest.mark.parametrize("written", [purchase.invoices, purchase.orders, purchase.receipts])
def test_the_same_document_in_another_file_changes_nothing(door, written):
    content = written({"quantity": "40"})
    door.takes_bytes(content)
    rows = counts()

    again = door.takes_bytes(content.replace(b",40,", b",40.0,") + b"\n")

    assert again.status == MessageStatus.APPLIED
    assert counts() == rows


def counts() -> list[int]:
    """How many rows there are of everything."""
    tables = (VendorInvoice, InvoiceLine, PurchaseOrder, OrderLine, GoodsReceipt, Vendor, Change)
    return [table.objects.count() for table in tables]


@pytest.mark.parametrize("written", [purchase.invoices, purchase.orders, purchase.receipts])
def test_other_content_under_the_same_number_is_an_incident(door, written):
    door.takes_bytes(written())
    rows = counts()

    message = door.takes_bytes(written({"quantity": "41"}))

    assert message.status == MessageStatus.INCIDENT
    assert Quarantined.objects.get().reason_code == "document_incident"
    assert counts() == rows


def test_a_credit_note_may_bear_the_number_of_an_invoice(door):
    door.takes_bytes(purchase.invoices({}, {"kind": "credit_note"}))

    assert VendorInvoice.objects.count() == 2


def test_a_higher_version_of_an_order_replaces_the_lower_one_and_leaves_history(door):
    door.takes_bytes(purchase.orders({}, {"line": "2"}))

    door.takes_bytes(purchase.orders({"version": "2", "standing": "closed", "quantity": "50"}))

    order = PurchaseOrder.objects.get()
    assert (order.revision, order.standing) == (2, OrderStanding.CLOSED)
    lines = order.lines.order_by("number")
    assert [(line.quantity, line.is_withdrawn) for line in lines] == [(50, False), (40, True)]
    assert order.history.count() == 2


def test_a_lower_version_that_comes_late_changes_nothing(door):
    door.takes_bytes(purchase.orders({"version": "2", "quantity": "50"}))

    message = door.takes_bytes(purchase.orders())

    assert message.status == MessageStatus.APPLIED
    assert OrderLine.objects.get().quantity == 50


def test_two_sources_that_use_one_key_mean_one_vendor(door):
    door.takes_bytes(purchase.orders())
    other = type(door)(SourceFactory(name="ubl", connector="ubl"))

    other.takes_bytes(purchase.ubl())

    assert Vendor.objects.get().orders.get().vendor == VendorInvoice.objects.get().vendor


def test_a_message_that_is_no_document_is_refused_and_says_why(door):
    message = door.takes_bytes(b"nothing,of,this\n")

    assert message.status == MessageStatus.REFUSED
    assert "invoice_number" in Quarantined.objects.get().reason
