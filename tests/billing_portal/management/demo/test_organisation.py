"""The fictional network is marked, and its identifiers are well formed."""

import pytest

from billing_portal.management.demo.organisation import (
    CLINICIANS,
    FACILITIES,
    PAYERS,
    UNKNOWN_SITE,
)


def passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


@pytest.mark.parametrize("holder", [*FACILITIES, UNKNOWN_SITE, *CLINICIANS], ids=lambda h: h.npi)
def test_every_npi_carries_its_check_digit(holder):
    assert len(holder.npi) == 10
    assert passes_luhn("80840" + holder.npi)


def test_a_wrong_digit_would_be_noticed():
    assert not passes_luhn("80840" + "1999900017")


def test_every_name_says_that_it_is_a_demo():
    assert all("(demo)" in each.name for each in [*FACILITIES, *PAYERS, UNKNOWN_SITE])


def test_identifiers_are_unique():
    assert len({payer.identifier for payer in PAYERS}) == len(PAYERS)
    assert len({site.npi for site in FACILITIES}) == len(FACILITIES)
