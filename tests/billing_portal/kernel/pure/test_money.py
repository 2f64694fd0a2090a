"""Amounts are read exactly or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_portal.kernel.pure.money import AmountRefused, amount, plain, quantity

EXACT = {
    "0": "0",
    "100": "100",
    "-80.5": "-80.50",
    "+5": "5",
    ".5": "0.50",
    "7.": "7",
    "000000000000001.500": "1.50",
    "-00.0100": "-0.01",
    "999999999999.99": "999999999999.99",
}
REFUSED = [
    "",
    "-",
    ".",
    "1,000",
    "1O0",
    "1e3",
    "NaN",
    "Infinity",
    " 1",
    "1 ",
    "--1",
    "0x1",
    "1.2.3",
    "١",
]


@pytest.mark.parametrize("text", EXACT)
def test_what_is_exact_is_read(text):
    assert amount(text) == Decimal(EXACT[text])


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(AmountRefused):
        amount(text)


@pytest.mark.parametrize("text", ["0.001", "1000000000000", "-1000000000000.00"])
def test_what_does_not_fit_is_refused_not_rounded(text):
    with pytest.raises(AmountRefused):
        amount(text)


def test_quantities_have_six_decimals():
    assert quantity("0.000001") == Decimal("0.000001")
    with pytest.raises(AmountRefused):
        quantity("0.0000001")


@given(st.decimals(min_value=-999_999_999_999, max_value=999_999_999_999, places=2))
def test_what_is_written_plainly_is_read_back(value):
    assert amount(plain(value)) == value
