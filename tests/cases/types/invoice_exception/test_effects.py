"""What a released invoice books: the goods at the order's price, the tax, the rest as variance."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cases.types.invoice_exception.effects import voucher_of
from tests.cases.types.invoice_exception.test_matching import ORDERED, bill

TEN = replace(ORDERED, quantity=Decimal(10), price=Decimal(10))


@pytest.mark.parametrize(
    ("way", "fields", "goods"),
    [
        (2, {"received": 0}, 100),
        (2, {"received": 0, "billed": Decimal(4)}, 60),
        (3, {"received": Decimal(7)}, 70),
        (4, {"received": Decimal(10), "accepted": Decimal(6)}, 60),
    ],
)
def test_goods_are_what_may_be_billed_at_the_orders_price(way, fields, goods):
    billed = bill(quantity="10", price="20.00", ordered=replace(TEN, way=way, **fields))

    template, amounts = voucher_of(billed)

    assert template == "invoice_posted"
    assert amounts == {"goods": goods, "variance": 200 - goods, "tax": 0}
