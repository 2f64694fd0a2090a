"""Each check at its boundary, a cent on both sides."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cases.effects.checks import (
    CHECKS,
    CheckKey,
    Facts,
    Sided,
    Voucher,
    before_leaving,
)

HUNDRED = Decimal("100.00")


def line(code, debit="0", credit="0", *, is_receivable=False, is_active=True):
    return Sided(1, code, code, is_receivable, is_active, Decimal(debit), Decimal(credit))


def voucher(**fields):
    given = {
        "event": "written_off",
        "lines": [line("4110", debit="100.00"), line("1100", credit="100.00", is_receivable=True)],
        "unmapped": [],
        "tied": HUNDRED,
        "posting_on": date(2026, 3, 2),
    }
    return Voucher(**given | fields)


SOUND = Facts(
    vouchers=[voucher()],
    commanded={},
    amount=HUNDRED,
    currency="USD",
    receivable=HUNDRED,
    credited=Decimal(0),
    standing=(),
    given="d",
    found="d",
    preparers=(1,),
    approvers=(2,),
)


def failing(facts):
    return [each.key for each in before_leaving(facts) if not each.holds]


def test_what_is_sound_passes_every_check():
    assert failing(SOUND) == []
    assert set(CHECKS) == set(CheckKey)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (
            {
                "vouchers": [
                    voucher(lines=[line("4110", debit="100.00"), line("1100", credit="99.99")])
                ]
            },
            CheckKey.BALANCE,
        ),
        ({"vouchers": [voucher(tied=Decimal("99.99"))]}, CheckKey.SOURCE),
        ({"vouchers": [voucher(tied=Decimal("100.01"))]}, CheckKey.SOURCE),
        ({"commanded": {"pay": Decimal("99.99")}}, CheckKey.SOURCE),
        ({"receivable": Decimal("99.99")}, CheckKey.RECEIVABLE),
        ({"credited": Decimal("0.01")}, CheckKey.RECEIVABLE),
        ({"vouchers": [voucher(unmapped=["Cash"])]}, CheckKey.ACCOUNTS),
        (
            {
                "vouchers": [
                    voucher(lines=[line("1", "1.00", is_active=False), line("2", "0", "1")])
                ]
            },
            CheckKey.ACCOUNTS,
        ),
        ({"standing": ["written_off"]}, CheckKey.ONCE),
        ({"vouchers": [voucher(), voucher(lines=[])]}, CheckKey.ONCE),
        ({"found": "e"}, CheckKey.APPROVAL),
        ({"given": "", "found": ""}, CheckKey.APPROVAL),
        ({"preparers": (1, 2)}, CheckKey.PEOPLE),
        ({"approvers": ()}, CheckKey.PEOPLE),
    ],
)
def test_one_thing_wrong_fails_one_check(change, key):
    assert failing(replace(SOUND, **change)) == [key]


def test_what_is_put_back_on_a_receivable_needs_nothing_open():
    back = voucher(
        lines=[line("1100", debit="100.00", is_receivable=True), line("2110", credit="100.00")]
    )

    assert failing(replace(SOUND, vouchers=[back], receivable=Decimal(0))) == []
