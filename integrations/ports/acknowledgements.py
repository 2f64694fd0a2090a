"""What connectors say of claims' acknowledgements: what became of a claim before it was decided.

An acceptance says when a payer took a claim in: it is what proves timely filing. Amounts, dates and
positions are as in `facts`.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple


class Standing(StrEnum):
    """What a status says of a claim. Received or forwarded is not yet accepted."""

    ACCEPTED = "accepted"
    RECEIVED = "received"
    REJECTED = "rejected"


class ReportFact(NamedTuple):
    """One report as its header says: whose, about whose batch, and when the batch came in."""

    control_number: str
    implementation: str
    report_number: str
    produced_on: date | None
    position: int

    @property
    def label(self) -> str:
        """What it is called."""
        return "report"


class AcknowledgementFact(NamedTuple):
    """What a report says of one claim.

    `category` and `status` are the leading ones; `statuses` are all, as sent. `received_on` is the
    day on which the sender of the report got the batch, `status_on` the day of the status.
    """

    patient_control_number: str
    payer_control_number: str
    payer_identifier: str
    payer_name: str
    payee_identifier: str
    batch_number: str
    report_number: str
    standing: Standing
    category: str
    status: str
    statuses: str
    message: str
    charge: Decimal | None
    service_from: date | None
    service_to: date | None
    received_on: date
    status_on: date
    position: int
    byte_offset: int

    def digest(self) -> str:
        """SHA-256 (hex) of what it says; where in which file it stood makes no difference."""
        parts = (
            self.patient_control_number,
            self.payer_control_number,
            self.payer_identifier,
            self.payee_identifier,
            self.statuses,
            self.message,
            f"{self.charge or 0:.2f}",
            f"{self.service_from}/{self.service_to}",
            f"{self.received_on}/{self.status_on}",
        )
        return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
