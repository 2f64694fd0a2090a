"""What stands against releasing an invoice, line by line (golden test 15)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cases.types.invoice_exception.duplicates import Twin
from cases.types.invoice_exception.matching import Bill, Billed, Ordered, Spent, match
from cases.types.invoice_exception.tolerances import Allowance, Scope
from cases.types.invoice_exception.vocabulary import Direction, HoldKind, Measure

ZERO = Decimal(0)
DAY = date(2026, 9, 10)


def allowance(
    measure: Measure, direction: Direction, percent: str | None, amount: str
) -> Allowance:
    """A tolerance for everybody."""
    return Allowance(
        pk=1,
        measure=measure,
        direction=direction,
        percent=None if percent is None else Decimal(percent),
        amount=Decimal(amount),
        currency="USD",
        valid_from=date(2026, 1, 1),
        valid_to=None,
    )


DEMO = [
    allowance(Measure.PRICE, Direction.OVER, "2", "50"),
    allowance(Measure.PRICE, Direction.UNDER, "5", "100"),
    allowance(Measure.QUANTITY, Direction.OVER, None, "0"),
    allowance(Measure.HEADER, Direction.OVER, None, "25"),
    allowance(Measure.TAX, Direction.OVER, "0.5", "1"),
    allowance(Measure.TAX, Direction.UNDER, "0.5", "1"),
    allowance(Measure.CHARGES, Direction.OVER, "10", "75"),
    allowance(Measure.SMALL, Direction.OVER, None, "2"),
]
ORDERED = Ordered(
    order="PO-1",
    number="1",
    vendor_id=7,
    currency="USD",
    standing="open",
    is_withdrawn=False,
    way=3,
    quantity=Decimal(40),
    price=Decimal("12.50"),
    tax_rate=None,
    received=Decimal(40),
    accepted=ZERO,
    billed=ZERO,
)


def bill(
    *,
    quantity: str = "40",
    price: str = "12.50",
    ordered: Ordered | None = ORDERED,
    **changes: object,
) -> Bill:
    """An invoice of one line that matches its order, but for what is said."""
    amount = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    line = Billed(
        number="1",
        quantity=Decimal(quantity),
        price=Decimal(price),
        adjustment=ZERO,
        amount=amount,
        tax_rate=None,
        order="PO-1",
        is_order_known=ordered is not None,
        is_coded=True,
        ordered=ordered,
    )
    whole = Bill(
        pk=1,
        is_credit=False,
        scope=Scope(vendor_id=7, category="", facility_id=3, currency="USD", on=DAY),
        total=amount,
        parts=amount,
        net=amount,
        charges=ZERO,
        tax=ZERO,
        adjusted=ZERO,
        missing="",
        needs_order=True,
        vendor_is_known=True,
        vendor_hold="",
        is_bank_known=True,
        lines=[line],
        orders=[Spent("PO-1", Decimal(500), ZERO, amount, ZERO)] if ordered else [],
    )
    return replace(whole, **changes)


def kinds(found_of: Bill) -> set[HoldKind]:
    """What kinds of things stand against it, by the demo's tolerances."""
    return {each.kind for each in match(found_of, DEMO)}


def test_an_invoice_that_matches_is_held_by_nothing():
    assert match(bill(), DEMO) == []


def test_ordered_40_received_35_invoiced_40_is_held_for_five():
    [found] = match(bill(ordered=replace(ORDERED, received=Decimal(35))), DEMO)

    assert (found.kind, found.amount, found.line) == (
        HoldKind.QUANTITY_RECEIVED,
        Decimal("62.50"),
        "1",
    )
    assert found.words == "Ordered 40, received 35, billed before 0, now 40."


def test_110_received_and_billed_of_100_ordered():
    ordered = replace(ORDERED, quantity=Decimal(100), received=Decimal(110))

    assert HoldKind.QUANTITY_ORDERED in kinds(bill(quantity="110", ordered=ordered))


@pytest.mark.parametrize("standing", ["cancelled", "closed"])
def test_a_receipt_on_an_order_that_is_over_pays_nothing(standing):
    assert kinds(bill(ordered=replace(ORDERED, standing=standing))) == {HoldKind.ORDER_CLOSED}


def test_a_line_of_another_order():
    found = bill()
    line = replace(found.lines[0], ordered=None)

    assert kinds(replace(found, lines=[line])) == {HoldKind.ORDER_LINE}


def test_ten_times_as_much_billed_is_several_things_at_once():
    assert kinds(bill(quantity="400")) == {
        HoldKind.QUANTITY_ORDERED,
        HoldKind.QUANTITY_RECEIVED,
        HoldKind.HEADER_OVER,
    }


def test_what_was_billed_before_counts():
    ordered = replace(ORDERED, billed=Decimal(30))

    assert kinds(bill(quantity="10", ordered=ordered)) == set()
    assert HoldKind.QUANTITY_RECEIVED in kinds(bill(quantity="11", ordered=ordered))


@pytest.mark.parametrize(
    ("way", "received", "accepted", "wanted"),
    [
        (2, 0, 0, set()),
        (3, 0, 0, {HoldKind.NO_RECEIPT}),
        (3, 40, 0, set()),
        (4, 40, 40, set()),
        (4, 40, 39, {HoldKind.RECEIPT_REJECTED}),
        (4, 39, 39, {HoldKind.QUANTITY_RECEIVED}),
    ],
)
def test_two_three_and_four_ways(way, received, accepted, wanted):
    ordered = replace(ORDERED, way=way, received=Decimal(received), accepted=Decimal(accepted))

    assert kinds(bill(ordered=ordered)) == wanted


@pytest.mark.parametrize(
    ("price", "is_held"), [("12.75", False), ("12.7501", False), ("12.7503", True), ("13.00", True)]
)
def test_a_price_may_be_two_percent_over_and_not_a_cent_more(price, is_held):
    assert (HoldKind.PRICE in kinds(bill(price=price))) == is_held


@pytest.mark.parametrize(("price", "is_held"), [("11.875", False), ("11.87", True)])
def test_a_price_may_be_five_percent_under(price, is_held):
    assert (HoldKind.PRICE in kinds(bill(price=price))) == is_held


def test_on_a_large_line_the_amount_holds_and_not_the_percentage():
    ordered = replace(ORDERED, price=Decimal(1000), quantity=Decimal(100), received=Decimal(100))
    orders = [Spent("PO-1", Decimal(100_000), ZERO, Decimal(100_000), ZERO)]

    assert kinds(bill(quantity="100", price="1000.50", ordered=ordered, orders=orders)) == set()
    assert kinds(bill(quantity="100", price="1000.51", ordered=ordered, orders=orders)) == {
        HoldKind.PRICE
    }


def test_small_differences_of_money_are_let_go_by_together_and_a_quantity_never():
    found = replace(bill(), tax=Decimal("2.00"))
    taxed = replace(found, lines=[replace(found.lines[0], tax_rate=ZERO)])
    balanced = replace(taxed, parts=taxed.total)

    assert kinds(balanced) == set()
    assert kinds(replace(balanced, tax=Decimal("2.01"))) == {HoldKind.TAX_OVER}
    less = replace(ORDERED, received=Decimal("39.9"))
    assert kinds(bill(ordered=less)) == {HoldKind.QUANTITY_RECEIVED}


@pytest.mark.parametrize(
    ("tax", "wanted"),
    [
        ("40.00", set()),
        ("0.00", {HoldKind.TAX_MISSING}),
        ("43.00", {HoldKind.TAX_OVER}),
        ("37.00", {HoldKind.TAX_UNDER}),
    ],
)
def test_the_tax_is_that_of_the_rates(tax, wanted):
    ordered = replace(ORDERED, tax_rate=Decimal(8))

    assert kinds(bill(ordered=ordered, tax=Decimal(tax))) == wanted


def test_freight_that_was_not_agreed():
    charged = bill(charges=Decimal(60))
    agreed = [Spent("PO-1", Decimal(500), Decimal(60), Decimal(500), ZERO)]
    taken = [Spent("PO-1", Decimal(500), Decimal(60), Decimal(500), Decimal(60))]

    assert kinds(charged) == {HoldKind.CHARGES}
    assert kinds(replace(charged, orders=agreed)) == set()
    assert kinds(replace(charged, orders=taken)) == {HoldKind.CHARGES}
    assert kinds(bill(charges=Decimal(50))) == set()


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"vendor_is_known": False}, HoldKind.VENDOR_UNKNOWN),
        ({"vendor_hold": "Payments to this vendor are held."}, HoldKind.VENDOR_HELD),
        ({"is_bank_known": False}, HoldKind.BANK_CHANGED),
        ({"missing": "NetAmount"}, HoldKind.MISSING_FIELD),
        ({"parts": Decimal("499.99")}, HoldKind.NOT_BALANCED),
        ({"twin": Twin(9, is_exact=True, words="Same number as INV 1")}, HoldKind.DUPLICATE_EXACT),
        ({"twin": Twin(9, is_exact=False, words="Same")}, HoldKind.DUPLICATE_SUSPECTED),
    ],
)
def test_what_holds_the_invoice_as_a_whole(changes, wanted):
    assert kinds(bill(**changes)) == {wanted}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"vendor_id": 8}, HoldKind.ORDER_VENDOR),
        ({"is_withdrawn": True}, HoldKind.ORDER_LINE),
        ({"currency": "EUR"}, HoldKind.CURRENCY),
    ],
)
def test_what_is_wrong_with_the_order(changes, wanted):
    assert kinds(bill(ordered=replace(ORDERED, **changes))) == {wanted}


def test_a_line_without_an_order_needs_one_and_a_cost_centre():
    found = bill(ordered=None)
    line = replace(found.lines[0], order="", is_coded=False)

    assert kinds(replace(found, lines=[line])) == {HoldKind.NO_ORDER, HoldKind.CODING}
    assert kinds(replace(found, lines=[line], needs_order=False)) == {HoldKind.CODING}
    assert kinds(found) == {HoldKind.ORDER_UNKNOWN}


def test_a_line_whose_amount_is_not_quantity_times_price():
    found = bill()
    line = replace(found.lines[0], amount=Decimal("510.00"))

    assert kinds(replace(found, lines=[line])) == {HoldKind.LINE_AMOUNT}
    rebated = replace(line, adjustment=Decimal("10.00"))
    assert kinds(replace(found, lines=[rebated])) == set()


@pytest.mark.parametrize(
    ("left", "wanted"),
    [
        (None, {HoldKind.CREDIT_INCOMPLETE}),
        (Decimal("500.00"), set()),
        (Decimal("499.99"), {HoldKind.CREDIT_OVER}),
    ],
)
def test_a_credit_note_takes_back_no_more_than_its_invoice(left, wanted):
    assert kinds(bill(is_credit=True, credits=left, orders=[])) == wanted
