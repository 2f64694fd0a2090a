"""One claim's adjudication as the rules see it: plain values, no rows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.types.denial.vocabulary import ClaimStatus


@dataclass(frozen=True, slots=True)
class Cut:
    """One adjustment (CAS triplet): group, reason code and amount with the sender's sign."""

    group: str
    carc: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One service line as adjudicated; `remarks` are its own (LQ)."""

    ordinal: int
    procedure: str
    modifiers: str
    revenue_code: str
    charge: Decimal
    paid: Decimal
    allowed: Decimal | None
    service_from: date | None
    cuts: tuple[Cut, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def service(self) -> tuple[str, str, str]:
        """What was done, to find the same line in a later adjudication."""
        return self.procedure, self.modifiers, self.revenue_code


@dataclass(frozen=True, slots=True)
class Adjudication:
    """One CLP loop. `trace` and `paid_on` name its remittance.

    `cuts` and `remarks` are the claim's own, beside its lines'.
    """

    trace: str
    paid_on: date | None
    patient_responsibility: Decimal
    position: int
    digest: str
    ordinal: int
    status_code: str
    charge: Decimal
    paid: Decimal
    payer_control_number: str
    service_from: date | None
    service_to: date | None
    cuts: tuple[Cut, ...] = ()
    remarks: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def is_reversal(self) -> bool:
        """Takes an earlier adjudication back."""
        return self.status_code == ClaimStatus.REVERSAL

    @property
    def decides(self) -> bool:
        """Says what the payer pays: neither a reversal nor a predetermination."""
        return self.status_code not in {ClaimStatus.REVERSAL, ClaimStatus.PREDETERMINATION}
