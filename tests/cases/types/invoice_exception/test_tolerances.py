"""How much may differ: the lower limit, of the narrowest row that fits."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.types.invoice_exception.tolerances import Allowance, Scope, allowed
from cases.types.invoice_exception.vocabulary import Direction, Measure

DAY = date(2026, 9, 10)
SCOPE = Scope(vendor_id=7, category="implants", facility_id=3, currency="USD", on=DAY)
PRICE = Allowance(
    pk=1,
    measure=Measure.PRICE,
    direction=Direction.OVER,
    percent=Decimal(2),
    amount=Decimal(50),
    currency="USD",
    valid_from=date(2026, 1, 1),
    valid_to=None,
)


def limit(*rows: Allowance, expected: str = "1000", scope: Scope = SCOPE) -> Decimal:
    """What may differ from an expected amount."""
    return allowed(
        rows,
        measure=Measure.PRICE,
        direction=Direction.OVER,
        expected=Decimal(expected),
        scope=scope,
    )[0]


@pytest.mark.parametrize(
    ("expected", "wanted"), [("1000", 20), ("2500", 50), ("100000", 50), ("0", 0)]
)
def test_the_lower_of_percentage_and_amount_holds(expected, wanted):
    assert limit(PRICE, expected=expected) == wanted


@given(st.decimals(0, 10**7, places=2))
def test_a_large_line_never_leaks_beyond_the_amount(expected):
    assert limit(PRICE, expected=str(expected)) <= 50


def test_one_limit_alone_holds_by_itself():
    assert limit(replace(PRICE, amount=None), expected="100000") == 2000
    assert limit(replace(PRICE, percent=None), expected="1") == 50


def test_the_vendors_own_row_beats_its_categorys_and_the_sites():
    of_site = replace(PRICE, pk=2, facility_id=3, amount=Decimal(30), percent=None)
    of_category = replace(PRICE, pk=3, category="implants", amount=Decimal(20), percent=None)
    of_vendor = replace(PRICE, pk=4, vendor_id=7, amount=Decimal(10), percent=None)

    assert limit(PRICE, of_site) == 30
    assert limit(PRICE, of_site, of_category) == 20
    assert limit(of_vendor, PRICE, of_site, of_category) == 10


@pytest.mark.parametrize(
    "row",
    [
        replace(PRICE, vendor_id=8),
        replace(PRICE, category="drugs"),
        replace(PRICE, facility_id=4),
        replace(PRICE, currency="EUR"),
        replace(PRICE, direction=Direction.UNDER),
        replace(PRICE, measure=Measure.TAX),
        replace(PRICE, valid_from=date(2026, 9, 11)),
        replace(PRICE, valid_to=DAY),
    ],
)
def test_what_does_not_fit_allows_nothing(row):
    assert limit(row) == 0


def test_a_row_holds_on_its_first_day_and_not_on_its_last():
    row = replace(PRICE, valid_from=DAY, valid_to=date(2026, 9, 11))

    assert limit(row) == 20
    assert limit(row, scope=replace(SCOPE, on=date(2026, 9, 11))) == 0
