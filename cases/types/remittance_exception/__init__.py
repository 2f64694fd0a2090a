"""Remittance exceptions: a payment whose claims and adjustments do not come to what was paid."""

from cases.types.remittance_exception.details import RemittanceDetails
from cases.types.remittance_exception.detect import KEY, detect
from cases.types.remittance_exception.steps import steps_for
from cases.work.lifecycle import Disposition
from cases.work.types import CaseType
from integrations.feed.models import Record

CASE_TYPE = CaseType(
    key=KEY,
    label="Remittance exception",
    prefix="RX",
    details=RemittanceDetails,
    detect=detect,
    steps=steps_for,
    follows=frozenset({Record.REMITTANCE}),
    dispositions=(Disposition.EXPLAINED, Disposition.CORRECTED, Disposition.DUPLICATE),
)
