"""What connectors say of a remittance: frozen facts in the trade's words.

Amounts are exact `Decimal`s in the remittance's currency, with the sender's sign: a reversal's are
negative, a positive provider-level adjustment lowers the payment. Dates are as sent, without zone.
A position is a segment of the message, counted from 1. What there are millions of is a NamedTuple:
immutable like a frozen dataclass, and several times as quick to make.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, NamedTuple

REVERSAL_STATUS = "22"
PREDETERMINATION_STATUS = "25"


class PartyFact(NamedTuple):
    """A person or organisation as named (NM1, N1); `role` is the entity code: QC, IL, 82."""

    role: str
    name: str
    given: str
    id_qualifier: str
    identifier: str


class AdjustmentFact(NamedTuple):
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


class RemarkFact(NamedTuple):
    """One remark code (RARC)."""

    code: str
    place: RemarkPlace


class ServiceLineFact(NamedTuple):
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

    def as_text(self) -> str:
        """All but its place, for digests."""
        return "|".join(
            (
                f"{self.procedure_qualifier}:{self.procedure}:{':'.join(self.modifiers)}",
                f"{self.revenue_code}:{self.charge:.2f}:{self.paid:.2f}:{plain_count(self.units)}",
                f"{self.allowed or 0:.2f}",
                f"{self.service_from}/{self.service_to}/{self.control_number}",
                adjustments_as_text(self.adjustments),
                remarks_as_text(self.remarks),
            )
        )


class RemittedClaimFact(NamedTuple):
    """One claim's adjudication (CLP loop)."""

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

    @property
    def is_reversal(self) -> bool:
        """Whether it takes an earlier payment back."""
        return self.status_code == REVERSAL_STATUS

    def digest(self) -> str:
        """SHA-256 (hex) of its business content; lines, adjustments and remarks as multisets.

        Where in which message it stood, and how its numbers were written, make no difference.
        """
        parts = [
            self.patient_control_number,
            self.status_code,
            f"{self.charge:.2f}",
            f"{self.paid:.2f}",
            self.filing_indicator,
            self.payer_control_number,
            self.facility_code,
            self.frequency_code,
            self.provider_identifier,
            f"{self.service_from}/{self.service_to}/{self.received_on}",
            f"{self.patient_responsibility or 0:.2f}",
            self.group_number,
            *["/".join(who or ()) for who in (self.patient, self.subscriber, self.rendering)],
            adjustments_as_text(self.adjustments),
            remarks_as_text(self.remarks),
            *sorted([line.as_text() for line in self.lines]),
        ]
        return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def places_of(claim: RemittedClaimFact) -> Iterator[RemittedClaimFact | ServiceLineFact]:
    """Where adjustments and remarks stand: the claim itself, then its lines."""
    yield claim
    yield from claim.lines


def plain_count(quantity: Decimal | None) -> str:
    """A quantity the same however it was written: 1, 1.0 and 01 are one; none is nought."""
    return f"{quantity.normalize():f}" if quantity else "0"


def adjustments_as_text(adjustments: tuple[AdjustmentFact, ...]) -> str:
    """Adjustments as a multiset."""
    said = [f"{a.group}-{a.carc}:{a.amount:.2f}:{plain_count(a.quantity)}" for a in adjustments]
    return ";".join(sorted(said))


def remarks_as_text(remarks: tuple[RemarkFact, ...]) -> str:
    """Remarks as a multiset."""
    return ";".join(sorted([f"{remark.place}:{remark.code}" for remark in remarks]))


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

    label: ClassVar[str] = "remittance"

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
