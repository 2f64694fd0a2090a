"""Which deposit pays which remittance; both sides of every limit."""

from datetime import date
from decimal import Decimal

import pytest

from cases.types.deposit_variance.rules import DAY, Half, due_on, pair, since_on

FRIDAY = date(2026, 2, 6)
HOLIDAY = date(2026, 2, 16)


def is_open(day):
    return day.weekday() < 5 and day != HOLIDAY


def half(pk, on=FRIDAY, *, trace="", payer=1, amount="100.00", currency="USD"):
    return Half(pk, trace, payer, Decimal(amount), currency, on)


def paired(remittances, deposits):
    return pair(remittances, deposits, is_open=is_open)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 2, 2), date(2026, 2, 6)),
        (FRIDAY, date(2026, 2, 12)),
        (date(2026, 2, 7), date(2026, 2, 12)),
        (date(2026, 2, 13), date(2026, 2, 20)),
    ],
)
def test_three_business_days_and_one_more(day, due):
    assert due_on(day, is_open=is_open) == due


@pytest.mark.parametrize(
    ("day", "since"),
    [
        (date(2026, 2, 2), date(2026, 1, 27)),
        (date(2026, 2, 12), FRIDAY),
        (date(2026, 2, 20), date(2026, 2, 13)),
    ],
)
def test_the_other_half_may_have_come_as_long_before(day, since):
    assert since_on(day, is_open=is_open) == since
    assert due_on(since, is_open=is_open) >= day > due_on(since - DAY, is_open=is_open)


def test_the_trace_number_tells_whatever_day_and_amount():
    late = half(9, date(2026, 5, 1), trace="T1", payer=None, amount="99.99")

    assert paired([half(1, trace="T1"), half(2)], [late]) == {1: [9]}


def test_one_payment_may_come_as_several_deposits_of_its_trace():
    parts = [half(8, trace="T1", amount="60.00"), half(9, trace="T1", amount="40.00")]

    assert paired([half(1, trace="T1")], parts) == {1: [8, 9]}


def test_a_trace_that_two_payers_use_is_told_apart_by_payer_or_not_at_all():
    remittances = [half(1, trace="T1", payer=1), half(2, trace="T1", payer=2)]

    assert paired(remittances, [half(9, trace="T1", payer=2)]) == {2: [9]}
    assert paired(remittances, [half(9, trace="T1", payer=None)]) == {}


@pytest.mark.parametrize(
    ("on", "is_pair"),
    [(date(2026, 2, 12), True), (date(2026, 2, 13), False), (date(2026, 2, 2), True)],
)
def test_without_a_trace_payer_and_amount_tell_while_neither_is_late(on, is_pair):
    assert paired([half(1)], [half(9, on)]) == ({1: [9]} if is_pair else {})


@pytest.mark.parametrize("other", [{"amount": "100.01"}, {"payer": 2}, {"currency": "EUR"}])
def test_what_differs_is_no_pair(other):
    assert paired([half(1)], [half(9, **other)]) == {}


def test_equal_payments_are_paired_one_to_one_in_the_order_of_days():
    earlier, later = half(1, date(2026, 2, 5)), half(2, FRIDAY)

    assert paired([later, earlier], [half(9, FRIDAY), half(8, FRIDAY)]) == {1: [8], 2: [9]}
