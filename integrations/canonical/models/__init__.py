"""The canonical tables."""

from integrations.canonical.models.acknowledgements import (
    Acknowledgement,
    AcknowledgementStanding,
)
from integrations.canonical.models.claims import Claim, ClaimLine, Coverage, Encounter
from integrations.canonical.models.ledger import (
    EntryKind,
    LedgerEntry,
    PatientAccount,
    Tender,
)
from integrations.canonical.models.parties import (
    Facility,
    FacilityGroupObjectPermission,
    FacilityIdentifier,
    Patient,
    Payer,
    PayerClass,
    PayerIdentifier,
    Provider,
)
from integrations.canonical.models.remittances import (
    Adjustment,
    AdjustmentGroup,
    ProviderAdjustment,
    Remark,
    RemarkPlace,
    Remittance,
    RemittanceReading,
    RemittedClaim,
    Reversal,
    ServiceLine,
)
from integrations.canonical.models.sources import Source

__all__ = [
    "Acknowledgement",
    "AcknowledgementStanding",
    "Adjustment",
    "AdjustmentGroup",
    "Claim",
    "ClaimLine",
    "Coverage",
    "Encounter",
    "EntryKind",
    "Facility",
    "FacilityGroupObjectPermission",
    "FacilityIdentifier",
    "LedgerEntry",
    "Patient",
    "PatientAccount",
    "Payer",
    "PayerClass",
    "PayerIdentifier",
    "Provider",
    "ProviderAdjustment",
    "Remark",
    "RemarkPlace",
    "Remittance",
    "RemittanceReading",
    "RemittedClaim",
    "Reversal",
    "ServiceLine",
    "Source",
    "Tender",
]
