"""Denials: a payer did not pay what was billed, and said why.

One case per claim and payer, with the line-level facts of the decision it rests on.
"""

from cases.types.denial.details import DenialDetails
from cases.types.denial.detect import KEY, detect
from cases.types.denial.dividing import engaged, items_of
from cases.types.denial.effects import WRITE_OFF
from cases.types.denial.remedies import remedy_of
from cases.types.denial.steps import steps_for
from cases.work.lifecycle import Disposition
from cases.work.types import CaseType
from integrations.feed.models import Record

CASE_TYPE = CaseType(
    key=KEY,
    label="Denial",
    prefix="DN",
    details=DenialDetails,
    detect=detect,
    steps=steps_for,
    follows=frozenset({Record.REMITTED_CLAIM, Record.CLAIM}),
    dispositions=(
        Disposition.CORRECTED_CLAIM_PAID,
        Disposition.PAID_ON_REPROCESS,
        Disposition.BILLED_SECONDARY,
        Disposition.PATIENT_RESPONSIBILITY,
        Disposition.NOT_A_DENIAL,
        Disposition.DUPLICATE,
        Disposition.RECOUPED,
    ),
    remedy=remedy_of,
    items=items_of,
    engaged=engaged,
)

EFFECTS = (WRITE_OFF,)
