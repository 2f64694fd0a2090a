"""Refunds: accounts that hold money which belongs to a payer or a patient."""

from cases.types.refund.details import RefundDetails
from cases.types.refund.detect import KEY, detect
from cases.types.refund.effects import EFFECTS
from cases.types.refund.steps import steps_for
from cases.work.lifecycle import Disposition
from cases.work.types import CaseType
from integrations.feed.models import Record

__all__ = ["CASE_TYPE", "EFFECTS"]

CASE_TYPE = CaseType(
    key=KEY,
    label="Credit balance",
    prefix="CB",
    details=RefundDetails,
    detect=detect,
    steps=steps_for,
    follows=frozenset(
        {Record.ACCOUNT, Record.REMITTED_CLAIM, Record.CLAIM, Record.PROVIDER_ADJUSTMENT}
    ),
    dispositions=(
        Disposition.CREDIT_CORRECTED,
        Disposition.RECOUPED,
        Disposition.CORRECTED_CLAIM_PAID,
        Disposition.EXPLAINED,
        Disposition.DUPLICATE,
    ),
)
