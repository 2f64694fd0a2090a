"""Posting failures: what was decided and does not stand in the ledger as it was sent."""

from cases.types.posting_failure.details import PostingFailureDetails
from cases.types.posting_failure.detect import detect
from cases.types.posting_failure.steps import steps_for
from cases.types.posting_failure.vocabulary import KEY
from cases.work.lifecycle import Disposition
from cases.work.types import CaseType
from integrations.feed.models import Record

CASE_TYPE = CaseType(
    key=KEY,
    label="Posting failure",
    prefix="PF",
    details=PostingFailureDetails,
    detect=detect,
    steps=steps_for,
    follows=frozenset({Record.OUTBOX}),
    dispositions=(Disposition.CORRECTED, Disposition.EXPLAINED, Disposition.DUPLICATE),
)
