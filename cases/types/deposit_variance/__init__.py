"""Deposit variances: payments whose remittance and deposit are apart, or not of one amount."""

from cases.types.deposit_variance.details import DepositDetails
from cases.types.deposit_variance.detect import detect
from cases.types.deposit_variance.steps import steps_for
from cases.types.deposit_variance.vocabulary import KEY
from cases.work.lifecycle import Disposition
from cases.work.types import CaseType
from integrations.feed.models import Record

CASE_TYPE = CaseType(
    key=KEY,
    label="Deposit variance",
    prefix="DV",
    details=DepositDetails,
    detect=detect,
    steps=steps_for,
    follows=frozenset({Record.DEPOSIT_LIST, Record.REMITTANCE}),
    dispositions=(Disposition.EXPLAINED, Disposition.CORRECTED, Disposition.DUPLICATE),
)
