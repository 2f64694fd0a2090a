"""From documents in any order to held invoices, and from mended facts to released ones."""

from decimal import Decimal
from itertools import permutations

import pytest

from cases.types.invoice_exception.loading import bills_of
from cases.types.invoice_exception.models import Hold, InvoiceEnding
from cases.types.invoice_exception.vocabulary import Ending, HoldKind, HoldState
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from integrations.canonical.models import VendorInvoice
from tests.generators import purchase
from tests.integrations.canonical.apply.state import check_deferred

SHORT = (purchase.orders(), purchase.receipts(), purchase.invoices())


def open_kinds(number: str = "INV-1") -> set[str]:
    """What holds an invoice."""
    rows = Hold.objects.filter(invoice__number=number, state=HoldState.OPEN)
    return set(rows.values_list("kind", flat=True))


def test_ordered_40_received_35_invoiced_40_waits_at_the_quantity_desk(world):
    for content in SHORT:
        world.takes(content)

    case = world.case()
    assert case.queue.key == "ap-quantity"
    assert (case.code, case.category) == ("QUANTITY_RECEIVED", "QUANTITY")
    assert (case.amount_at_risk, case.details["variance"]) == (Decimal("500.00"), "62.50")
    assert case.title == "Invoice INV-1 · Meridian Surgical Supply"
    [hold] = Hold.objects.all()
    assert (hold.kind, hold.amount, hold.line) == ("quantity_received", Decimal("62.50"), "1")
    assert hold.tolerance.citation.startswith("Demo default")
    check_deferred()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whichever_order_the_documents_come_the_end_is_the_same(world, order):
    for at in order:
        world.takes(SHORT[at])

    assert open_kinds() == {HoldKind.QUANTITY_RECEIVED}
    assert world.case().queue.key == "ap-quantity"


def test_an_invoice_that_matches_is_released_and_is_no_case(world):
    for content in (purchase.orders(), purchase.receipts({"quantity": "40"}), purchase.invoices()):
        world.takes(content)

    assert not Case.objects.exists()
    assert InvoiceEnding.objects.get().ending == Ending.RELEASED


def test_the_rest_of_the_goods_settles_the_hold_and_closes_the_case(world):
    for content in SHORT:
        world.takes(content)

    world.takes(purchase.receipts({"receipt_number": "GR-2", "quantity": "5"}))

    case = world.case()
    assert (case.status, case.disposition) == (CaseStatus.CLOSED, Disposition.RELEASED)
    assert case.code == "QUANTITY_RECEIVED"
    assert Hold.objects.get().state == HoldState.SETTLED
    assert InvoiceEnding.objects.get().ending == Ending.RELEASED
    check_deferred()


def test_the_same_file_again_changes_nothing(world):
    for content in SHORT:
        world.takes(content)
    version, history = world.case().version, Hold.history.count()

    for content in SHORT:
        drained = world.takes(content + b"\n")
        assert (drained.opened, drained.updated, drained.closed) == (0, 0, 0)

    assert (world.case().version, Hold.history.count()) == (version, history)


def test_a_vendor_nobody_knows_is_held_whatever_its_invoice_says(world):
    world.takes(purchase.invoices({"vendor": "V-STRANGE", "order_number": ""}))

    assert open_kinds() == {HoldKind.VENDOR_UNKNOWN, HoldKind.NO_ORDER, HoldKind.CODING}
    assert world.case().queue.key == "ap-vendor"


def test_the_same_number_written_otherwise_waits_at_the_duplicates_bench(world):
    world.takes(purchase.orders({"quantity": "100"}))
    world.takes(purchase.receipts({"quantity": "100"}))
    world.takes(purchase.invoices({"invoice_number": "INV-00123"}))
    world.takes(purchase.invoices({"invoice_number": "INV 123", "issued_on": "2026-12-01"}))

    assert open_kinds("INV-00123") == set()
    assert open_kinds("INV 123") == {HoldKind.DUPLICATE_EXACT}
    case = world.case("INV 123")
    assert case.queue.key == "ap-duplicate"
    assert Hold.objects.get().other.number == "INV-00123"


def test_credit_and_rebill_is_no_duplicate(world):
    world.takes(purchase.orders())
    world.takes(purchase.receipts({"quantity": "40"}))
    world.takes(purchase.invoices({"invoice_number": "INV-1"}))
    credit = {"invoice_number": "CN-1", "kind": "credit_note", "corrects": "INV-1"}
    world.takes(purchase.invoices(credit))

    world.takes(purchase.invoices({"invoice_number": "INV-2", "issued_on": "2026-09-12"}))

    assert open_kinds("INV-2") == set()
    assert open_kinds("CN-1") == set()
    assert InvoiceEnding.objects.filter(ending=Ending.RELEASED).count() == 3


def test_a_credit_note_over_more_than_was_billed_is_held(world):
    world.takes(purchase.orders())
    world.takes(purchase.receipts({"quantity": "40"}))
    world.takes(purchase.invoices())
    row = {"invoice_number": "CN-1", "kind": "credit_note", "corrects": "INV-1", "quantity": "41"}

    world.takes(purchase.invoices(row | {"amount": "512.50", "total": "512.50"}))

    assert open_kinds("CN-1") == {HoldKind.CREDIT_OVER}


def test_a_receipt_on_an_order_that_was_cancelled_releases_nothing(world):
    world.takes(purchase.orders({"version": "2", "standing": "cancelled"}))
    world.takes(purchase.receipts({"quantity": "40"}))
    world.takes(purchase.invoices())

    assert open_kinds() == {HoldKind.ORDER_CLOSED}


def test_a_line_of_another_order_is_held(world):
    world.takes(purchase.orders({}, {"order_number": "PO-2", "line": "7"}))
    world.takes(purchase.receipts({"quantity": "40"}))
    world.takes(purchase.invoices({"order_line": "7"}))

    assert open_kinds() == {HoldKind.ORDER_LINE}


def test_one_invoice_bills_no_line_of_an_order_twice(world):
    world.takes(purchase.orders({}, {"line": "2"}))
    world.takes(purchase.receipts({"quantity": "40"}, {"line": "2", "order_line": "2"}))

    world.takes(purchase.invoices({"total": "1000.00"}, {"total": "1000.00", "line": "2"}))

    assert open_kinds() == {HoldKind.QUANTITY_ORDERED, HoldKind.QUANTITY_RECEIVED}
    assert set(Hold.objects.values_list("line", "amount")) == {("2", Decimal("500.00"))}


def test_a_credit_over_a_part_of_an_invoice_does_not_let_its_duplicate_by(world):
    world.takes(purchase.orders({"quantity": "100"}))
    world.takes(purchase.receipts({"quantity": "100"}))
    world.takes(purchase.invoices())
    part = {"invoice_number": "CN-1", "kind": "credit_note", "corrects": "INV-1", "quantity": "39"}
    world.takes(purchase.invoices(part | {"amount": "487.50", "total": "487.50"}))

    world.takes(purchase.invoices({"invoice_number": "INV 1", "issued_on": "2026-12-01"}))

    assert open_kinds("INV 1") == {HoldKind.DUPLICATE_EXACT}


@pytest.mark.parametrize("invoices", [1, 12])
def test_what_is_read_does_not_grow_with_the_number_of_invoices(
    world, django_assert_num_queries, invoices
):
    world.takes(purchase.orders({"quantity": "4000"}))
    rows = [{"invoice_number": f"Z{n}", "issued_on": f"20{n + 10}-01-01"} for n in range(invoices)]
    world.takes(purchase.invoices(*rows))
    held = list(VendorInvoice.objects.select_related("vendor", "facility").order_by("pk"))

    # lines, orders, their lines, what others bill, receipts, other invoices, what was ruled out
    with django_assert_num_queries(7):
        bills_of(held)
