"""Payment variances: claims that were paid less than their contract allows."""

from cases.types.payment_variance.details import VarianceDetails
from cases.types.payment_variance.detect import detect
from cases.types.payment_variance.steps import steps_for
from cases.types.payment_variance.vocabulary import KEY
from cases.work.lifecycle import Disposition
from cases.work.types import CaseType
from integrations.feed.models import Record

CASE_TYPE = CaseType(
    key=KEY,
    label="Payment variance",
    prefix="PV",
    details=VarianceDetails,
    detect=detect,
    steps=steps_for,
    follows=frozenset({Record.REMITTED_CLAIM, Record.CLAIM}),
    dispositions=(
        Disposition.PAID_ON_REPROCESS,
        Disposition.RECOUPED,
        Disposition.EXPLAINED,
        Disposition.DUPLICATE,
    ),
)
