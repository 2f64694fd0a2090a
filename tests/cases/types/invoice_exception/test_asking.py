"""Which approval an invoice needs, or what must be mended before."""

import pytest

from cases.approvals.vocabulary import Matter
from cases.types.invoice_exception.asking import MendFirst, matter_of
from cases.types.invoice_exception.vocabulary import HoldKind


@pytest.mark.parametrize(
    ("kinds", "matter"),
    [
        ({HoldKind.PRICE}, Matter.INVOICE_VARIANCE),
        ({HoldKind.PRICE, HoldKind.QUANTITY_RECEIVED}, Matter.INVOICE_VARIANCE),
        ({HoldKind.NO_ORDER, HoldKind.PRICE}, Matter.NO_ORDER_INVOICE),
        ({HoldKind.DUPLICATE_SUSPECTED, HoldKind.PRICE}, Matter.DUPLICATE_RELEASE),
        ({HoldKind.DUPLICATE_EXACT, HoldKind.NO_ORDER}, Matter.DUPLICATE_RELEASE),
    ],
)
def test_the_gravest_hold_decides_which_approval_is_needed(kinds, matter):
    assert matter_of(kinds) is matter


@pytest.mark.parametrize("kind", [HoldKind.VENDOR_HELD, HoldKind.CODING, HoldKind.NOT_BALANCED])
def test_what_must_be_mended_is_named(kind):
    with pytest.raises(MendFirst, match=kind.label.lower()):
        matter_of({kind, HoldKind.PRICE})


def test_what_nothing_holds_needs_no_approval():
    with pytest.raises(MendFirst):
        matter_of(set())
