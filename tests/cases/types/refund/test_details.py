from datetime import date
from decimal import Decimal

from cases.types.refund.details import RefundDetails, ShareDetails, SuspicionDetails

DETAILS = RefundDetails(
    decision="d" * 64,
    words="The same payer paid the same line twice",
    guarantor="e" * 64,
    guarantor_changed_on=date(2026, 3, 1),
    balance=Decimal("-120.00"),
    credit=Decimal("120.00"),
    owed=Decimal("300.00"),
    insurers_paid=Decimal("420.00"),
    patient_paid=Decimal("0.00"),
    refunded=Decimal("0.00"),
    is_federal=True,
    suspicions=(SuspicionDetails("duplicate", "Twice", Decimal("120.00")),),
    shares=(
        ShareDetails(7, "A plan", Decimal("100.00")),
        ShareDetails(None, "Patient", Decimal("20.00")),
    ),
)


def test_they_come_back_from_json_as_they_went():
    stored = DETAILS.as_json()

    assert stored["shares"][1] == {"payer_id": None, "name": "Patient", "amount": "20.00"}
    assert RefundDetails.from_json(stored) == DETAILS
