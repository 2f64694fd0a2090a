from datetime import date
from decimal import Decimal

from cases.types.payment_variance.details import PricedDetails, VarianceDetails


def test_what_was_written_is_what_is_read():
    amount = Decimal("40.00")
    line = PricedDetails(1, "99285", amount, amount, amount, amount, "Exhibit B")
    details = VarianceDetails(
        "T1:d", "T1", date(2026, 2, 2), amount, amount, amount, amount, (line,)
    )

    assert VarianceDetails.from_json(details.as_json()) == details
