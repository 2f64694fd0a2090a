"""What is deliberately wrong, and that nothing else is."""

from datetime import date
from decimal import Decimal

import pytest

from billing_portal.management.demo.claims import Size, generate
from billing_portal.management.demo.oddities import Drop, drops
from billing_portal.management.demo.organisation import UNKNOWN_SITE
from billing_portal.management.demo.remittances import render
from tests.billing_portal.management.demo.reading import transactions

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module", params=list(Size)[:2])
def every(request) -> list[Drop]:
    return drops(as_of=TODAY, size=request.param)


def odd(every: list[Drop], words: str) -> Drop:
    (found,) = [drop for drop in every if words in drop.oddity]
    return found


def test_each_oddity_stands_in_a_file_of_its_own(every):
    oddities = [drop.oddity for drop in every if drop.oddity]

    assert len(oddities) == len(set(oddities)) == 6


def test_a_file_without_an_oddity_is_as_generated():
    every = {drop.name: drop for drop in drops(as_of=TODAY, size=Size.S)}

    generated = {file.name: render(file) for file in generate(as_of=TODAY, size=Size.S)}
    assert all(
        every[name].data == data for name, data in generated.items() if not every[name].oddity
    )


def test_one_payment_is_125_dollars_short(every):
    read = transactions(odd(every, "125.00").data)

    (short,) = [each for each in read if not each.is_balanced]
    assert sum(c.paid for c in short.claims) - sum(a for _, a in short.provider_adjustments) == (
        short.amount + 125
    )


def test_one_claim_is_a_cent_off_and_its_payment_is_not(every):
    read = transactions(odd(every, "cent").data)

    left_over = [c.charge - c.adjusted - c.paid for each in read for c in each.claims]
    assert [amount for amount in left_over if amount] == [Decimal("-0.01")]
    assert all(each.is_balanced for each in read)


def test_one_file_stops_in_the_middle_of_its_last_claim(every):
    data = odd(every, "cut off").data

    assert b"SE*" not in data[data.rindex(b"CLP*") :]
    assert b"IEA" not in data
    assert data.count(b"CLP*") > 1


def test_one_code_is_on_no_list(every):
    read = transactions(odd(every, "on no list").data)

    assert [c for t in read for c in t.claims if "CO-D99" in c.codes]
    assert all(each.is_balanced for each in read)


def test_one_payee_is_no_facility_of_ours(every):
    read = transactions(odd(every, "no facility").data)

    assert len([each for each in read if each.payee == UNKNOWN_SITE.npi]) == 1


def test_one_file_comes_twice(every):
    again = odd(every, "again")

    assert [drop.data for drop in every].count(again.data) == 2
    assert len({drop.name for drop in every}) == len(every)
