"""What a credit balance knows: the account's sums, why it is in credit, and whose that seems."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class SuspicionDetails(Details):
    """One reason to think that something was paid too much."""

    reason: str
    words: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ShareDetails(Details):
    """How much of the credit is whose; `payer_id` None: the patient's."""

    payer_id: int | None
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RefundDetails(Details):
    """An account by its newest statement; amounts in its currency, `balance` below zero is credit.

    `decision` changes with the credit and its reasons: what a person settled stays settled until
    then. `guarantor` (SHA-256 in hex, empty without one) changes with whom a patient refund pays.
    `is_federal`: a payer under federal law has a share in it. Approvals seal all of it (R15).
    """

    decision: str
    words: str
    guarantor: str
    guarantor_changed_on: date | None
    balance: Decimal
    credit: Decimal
    owed: Decimal
    insurers_paid: Decimal
    patient_paid: Decimal
    refunded: Decimal
    is_federal: bool
    suspicions: tuple[SuspicionDetails, ...]
    shares: tuple[ShareDetails, ...]
