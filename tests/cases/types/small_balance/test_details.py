from datetime import date
from decimal import Decimal

from cases.types.small_balance.details import SmallBalanceDetails


def test_details_are_read_as_they_were_written():
    details = SmallBalanceDetails("d" * 64, date(2026, 6, 1), 41, 3, Decimal("9.99"))

    assert SmallBalanceDetails.from_json(details.as_json()) == details
