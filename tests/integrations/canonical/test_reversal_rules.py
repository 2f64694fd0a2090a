from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from integrations.canonical.reversal_rules import Adjudication, pair

DAYS = {month: date(2026, month, 10) for month in range(1, 7)}


def adjudication(
    key, month, *, reverses=False, icn="ICN1", claim=1, charge="100", paid="80", **more
):
    sign = -1 if reverses else 1
    return Adjudication(
        key=key,
        is_reversal=reverses,
        claim=claim,
        payer=more.get("payer", "P1"),
        control_number=icn,
        remittance=more.get("remittance", month),
        paid_on=DAYS[month],
        charge=sign * Decimal(charge),
        paid=sign * Decimal(paid),
        service_from=more.get("served", date(2026, 1, 1)),
        standing=(DAYS[month].isoformat(), str(key)),
    )


def test_the_payers_own_number_decides():
    pairs = pair(
        [
            adjudication(1, 1, icn="ICN1", claim=1),
            adjudication(2, 2, icn="ICN2", claim=1),
            adjudication(3, 3, icn="ICN1", claim=9, reverses=True),
        ]
    )

    assert pairs == {3: 1}, "though a newer one has the same claim and charge"


def test_else_claim_number_date_and_charge_decide():
    earlier = [
        adjudication(1, 1, icn="", charge="90"),
        adjudication(2, 1, icn="", served=date(2026, 1, 2)),
        adjudication(3, 1, icn="", claim=2),
        adjudication(4, 1, icn=""),
    ]

    assert pair([*earlier, adjudication(9, 3, icn="", reverses=True)]) == {9: 4}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (adjudication(1, 4), "is later"),
        (adjudication(1, 1, remittance=3), "stands in the same remittance: its correction"),
        (adjudication(1, 1, payer="P2"), "is another payer's"),
    ],
)
def test_nothing_is_taken_back_that(other, why):
    assert pair([other, adjudication(9, 3, reverses=True)]) == {}, why


def test_the_newest_of_equals_is_meant_and_each_is_taken_back_once():
    members = [
        adjudication(1, 1),
        adjudication(2, 2),
        adjudication(3, 3, reverses=True),
        adjudication(4, 4, reverses=True),
        adjudication(5, 5, reverses=True),
    ]

    assert pair(members) == {3: 2, 4: 1}


def test_the_order_of_arrival_makes_no_difference():
    members = [
        adjudication(1, 1),
        adjudication(2, 2, paid="50"),
        adjudication(3, 3, reverses=True),
        adjudication(4, 3, reverses=True, paid="50"),
        adjudication(5, 4),
    ]

    assert {tuple(sorted(pair(order).items())) for order in permutations(members)} == {
        ((3, 1), (4, 2))
    }
