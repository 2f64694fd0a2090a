"""When an invoice may be held already (golden test 16)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cases.types.invoice_exception.duplicates import Bill, likeness, normalised, twin_of

FIRST = Bill(
    pk=1,
    vendor_id=7,
    number="INV-00123",
    amount=Decimal("500.00"),
    currency="USD",
    issued_on=date(2026, 9, 10),
    tax_number="US1",
    bank_digest="b1",
)
FAR = FIRST.issued_on + timedelta(days=20)
NOTHING: frozenset[tuple[int, str]] = frozenset()


def second(**changes: object) -> Bill:
    """A later bill that has nothing in common but what is said."""
    other = replace(
        FIRST,
        pk=2,
        number="X-9",
        amount=Decimal("81.00"),
        issued_on=FAR,
        tax_number="",
        bank_digest="",
    )
    return replace(other, **changes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("INV-00123", "INV 123"),
        ("INV-00123", "inv.123"),
        ("INV123", "INV-123A"),
        ("00123", "123"),
        ("INV-00123", "INV/0123 "),
    ],
)
def test_numbers_that_are_one_but_for_how_they_are_written(one, other):
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), [("INV-123", "INV-1230"), ("A-1", "B-1"), ("12", "21")])
def test_numbers_that_are_two(one, other):
    assert normalised(one) != normalised(other)


def test_the_same_number_of_the_same_vendor_is_exact_whatever_amount_and_day():
    twin = twin_of(second(number="INV 123"), [FIRST], credited=NOTHING)

    assert twin is not None
    assert (twin.pk, twin.is_exact) == (1, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Decimal("502.50"), "issued_on": FIRST.issued_on + timedelta(days=7)},
        {"amount": Decimal("497.50"), "issued_on": FIRST.issued_on - timedelta(days=7)},
        {"amount": Decimal("500.00"), "number": "INV-00124"},
        {"amount": Decimal("500.00"), "vendor_id": 8, "tax_number": "US1"},
        {"amount": Decimal("500.00"), "vendor_id": 8, "bank_digest": "b1"},
    ],
)
def test_each_rule_suspects_by_itself(changes):
    twin = twin_of(second(**changes), [FIRST], credited=NOTHING)

    assert twin is not None
    assert not twin.is_exact


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Decimal("502.51"), "issued_on": FIRST.issued_on + timedelta(days=7)},
        {"amount": Decimal("500.00"), "issued_on": FIRST.issued_on + timedelta(days=8)},
        {"amount": Decimal("500.01"), "number": "INV-00124"},
        {"amount": Decimal("500.00"), "vendor_id": 8},
        {"amount": Decimal("500.01"), "vendor_id": 8, "tax_number": "US1"},
        {
            "amount": Decimal("500.00"),
            "vendor_id": 8,
            "bank_digest": "b1",
            "issued_on": FIRST.issued_on + timedelta(days=31),
        },
        {"number": "INV 123", "currency": "EUR"},
    ],
)
def test_just_beyond_each_rule_nothing_is_suspected(changes):
    assert twin_of(second(**changes), [FIRST], credited=NOTHING) is None


def test_an_invoice_that_was_credited_and_billed_again_is_no_duplicate():
    again = second(number="INV-00124", amount=Decimal("500.00"))

    assert twin_of(again, [FIRST], credited={(7, normalised("INV-123"))}) is None


def test_what_one_vendor_credits_rules_out_nothing_of_another():
    again = second(number="Z-1", amount=Decimal("500.00"), tax_number="US1")
    theirs = replace(FIRST, vendor_id=8)

    assert twin_of(again, [theirs], credited={(7, normalised("INV-123"))}) is not None


def test_an_exact_twin_comes_before_a_suspected_one():
    like = replace(FIRST, pk=0, number="INV-00124")

    twin = twin_of(
        second(number="INV 123", amount=Decimal("500.00")), [like, FIRST], credited=NOTHING
    )

    assert twin is not None
    assert (twin.pk, twin.is_exact) == (1, True)


def test_likeness_is_that_of_pg_trgm():
    assert likeness("word", "word") == 1
    assert round(likeness("word", "words"), 6) == 0.571429
