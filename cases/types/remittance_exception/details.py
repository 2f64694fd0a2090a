"""What a remittance exception knows: what the payment says, and what its claims come to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class RemittanceDetails(Details):
    """The newest reading of a remittance against its payment; amounts in its currency.

    The check is: claims paid less provider adjustments is the payment. `difference` is what the
    payment says beyond that.
    """

    reading: str
    trace: str
    paid_on: date | None
    payment: Decimal
    claims_paid: Decimal
    provider_adjustments: Decimal
    difference: Decimal
    claim_count: int
    quarantined_count: int
    is_balanced: bool
    is_complete: bool
