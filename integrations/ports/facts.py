"""What connectors say of a remittance: frozen facts in the trade's words.

Amounts are exact `Decimal`s in the remittance's currency, with the sender's sign: a reversal's are
negative, a positive provider-level adjustment lowers the payment. Dates are as sent, without zone.
A position is a segment of the message, counted from 1.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

REVERSAL_STATUS = "22"
PREDETERMINATION_STATUS = "25"


@dataclass(frozen=True, slots=True)
class PartyFact:
    """A person or organisation as named (NM1, N1). `role` is the entity code: QC, IL, 82, PR, PE."""

    role: str
    name: str
    given: str
    id_qualifier: str
    identifier: str


@dataclass(frozen=True, slots=True)
class AdjustmentFact:
    """One CAS triplet: group, reason (CARC), amount, quantity."""

    group: str
    carc: str
    amount: Decimal
    quantity: Decimal | None


class RemarkPlace(StrEnum):
    """Where a remark code stood."""

    LINE = "line"
    INPATIENT = "claim_inpatient"
    OUTPATIENT = "claim_outpatient"


@dataclass(frozen=True, slots=True)
class RemarkFact:
    """One remark code (RARC)."""

    code: str
    place: RemarkPlace


@dataclass(frozen=True, slots=True)
class ServiceLineFact:
    """One service line's adjudication (SVC loop), `ordinal` from 1 within its claim."""

    ordinal: int
    procedure_qualifier: str
    procedure: str
    modifiers: tuple[str, ...]
    revenue_code: str
    charge: Decimal
    paid: Decimal
    allowed: Decimal | None
    units: Decimal | None
    service_from: date | None
    service_to: date | None
    control_number: str
    adjustments: tuple[AdjustmentFact, ...]
    remarks: tuple[RemarkFact, ...]


@dataclass(frozen=True, slots=True)
class RemittedClaimFact:
    """One claim's adjudication (CLP loop).

    `digest` is the SHA-256 (hex) of its business content: independent of control numbers, of place
    and of the order of equal-ranking members.
    """

    patient_control_number: str
    status_code: str
    charge: Decimal
    paid: Decimal
    patient_responsibility: Decimal | None
    filing_indicator: str
    payer_control_number: str
    facility_code: str
    frequency_code: str
    group_number: str
    service_from: date | None
    service_to: date | None
    received_on: date | None
    patient: PartyFact | None
    subscriber: PartyFact | None
    rendering: PartyFact | None
    provider_identifier: str
    adjustments: tuple[AdjustmentFact, ...]
    remarks: tuple[RemarkFact, ...]
    lines: tuple[ServiceLineFact, ...]
    warnings: tuple[str, ...]
    position: int
    byte_offset: int
    digest: str

    @property
    def is_reversal(self) -> bool:
        """Whether it takes an earlier payment back."""
        return self.status_code == REVERSAL_STATUS


@dataclass(frozen=True, slots=True)
class ProviderAdjustmentFact:
    """A payment change that belongs to no claim (one PLB pair)."""

    provider_identifier: str
    fiscal_period_end: date | None
    reason: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RemittanceFact:
    """A payment as its header says (ST to the first claim). `amount` is negative for a debit.

    The identifiers are all that payer and payee are known by, the surest first.
    """

    control_number: str
    implementation: str
    handling_code: str
    amount: Decimal
    method: str
    paid_on: date | None
    trace_number: str
    originator: str
    currency: str
    produced_on: date | None
    payer_name: str
    payer_identifiers: tuple[str, ...]
    payee_name: str
    payee_identifiers: tuple[str, ...]
    position: int
