"""What a contract allows, and when a variance counts: at both limits, on both sides."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cases.types.payment_variance.rules import PaidLine, Priced, Rate, is_underpaid, price, rate_for
from cases.types.payment_variance.vocabulary import CodeKind

DAY = date(2026, 1, 10)
LINE = PaidLine(
    ordinal=1,
    procedure="99285",
    revenue_code="0450",
    charge=Decimal("500.00"),
    paid=Decimal("260.00"),
    withheld=Decimal("240.00"),
    units=Decimal(1),
    on=DAY,
)
RATE = Rate(
    facility_id=None,
    code_kind=CodeKind.PROCEDURE,
    code="99285",
    rate=Decimal("300.00"),
    share=None,
    valid_from=date(2026, 1, 1),
    valid_to=None,
    citation="Exhibit B",
)
SHARE = replace(RATE, code_kind=CodeKind.REVENUE, code="0450", rate=None, share=Decimal("0.65"))


def short_of(line, *rates):
    return [each.short for each in price([line], rates, facility_id=7)]


def test_what_is_withheld_beyond_the_contract_is_short():
    assert short_of(LINE, RATE) == [Decimal("40.00")]
    assert short_of(LINE, SHARE) == [Decimal("65.00")]


def test_a_rate_counts_for_each_unit_and_never_beyond_the_charge():
    assert RATE.allows(replace(LINE, units=Decimal("1.5"))) == Decimal("450.00")
    assert RATE.allows(replace(LINE, units=Decimal(2))) == Decimal("500.00")
    assert RATE.allows(replace(LINE, units=None)) == Decimal("300.00")


def test_a_line_that_was_cut_for_another_reason_alone_is_no_variance():
    assert short_of(replace(LINE, withheld=Decimal("0.00")), RATE) == []


def test_the_sites_own_rate_goes_first_and_a_procedure_before_its_revenue_code():
    own = replace(SHARE, facility_id=7)

    assert rate_for(LINE, [SHARE, RATE], facility_id=7) == RATE
    assert rate_for(LINE, [SHARE, RATE, own], facility_id=7) == own
    assert rate_for(LINE, [SHARE, RATE, own], facility_id=8) == RATE


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
        (None, False),
    ],
)
def test_the_rate_of_the_day_of_service_holds(on, holds):
    rate = replace(RATE, valid_to=date(2026, 7, 1))

    assert (rate_for(replace(LINE, on=on), [rate], facility_id=7) is not None) is holds


@pytest.mark.parametrize(
    ("allowed", "short", "counts"),
    [
        ("100.00", "24.99", False),
        ("100.00", "25.00", True),
        ("1250.00", "25.00", True),
        ("1250.50", "25.00", False),
        ("10000.00", "199.99", False),
        ("10000.00", "200.00", True),
    ],
)
def test_it_counts_from_25_dollars_and_2_percent(allowed, short, counts):
    assert is_underpaid([Priced(LINE, Decimal(allowed), Decimal(short), "")]) is counts


def test_what_one_line_is_over_another_is_short():
    over = Priced(LINE, Decimal("300.00"), Decimal("-20.00"), "")

    assert not is_underpaid([Priced(LINE, Decimal("300.00"), Decimal("40.00"), ""), over])
