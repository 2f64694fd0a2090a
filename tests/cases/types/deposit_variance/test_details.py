from datetime import date
from decimal import Decimal

from cases.types.deposit_variance.details import DepositDetails
from cases.types.deposit_variance.vocabulary import Gap


def test_what_was_written_is_what_is_read():
    day, amount = date(2026, 2, 2), Decimal("40.00")
    details = DepositDetails(
        "d", Gap.OTHER_AMOUNT.value, "T1", day, amount, day, amount, ("B-1",), day
    )

    assert DepositDetails.from_json(details.as_json()) == details
