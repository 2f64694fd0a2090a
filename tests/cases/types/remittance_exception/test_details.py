from datetime import date
from decimal import Decimal

from cases.types.remittance_exception.details import RemittanceDetails


def test_details_read_back_as_they_were_written():
    details = RemittanceDetails(
        reading="d",
        trace="T",
        paid_on=date(2026, 2, 10),
        payment=Decimal("247.10"),
        claims_paid=Decimal("250.01"),
        provider_adjustments=Decimal("2.90"),
        difference=Decimal("-0.01"),
        claim_count=3,
        quarantined_count=0,
        is_balanced=False,
        is_complete=True,
    )

    assert RemittanceDetails.from_json(details.as_json()) == details
