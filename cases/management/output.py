"""How the commands answer: one JSON object, or the same in words."""

import json
from typing import Any

from cases.intake.report import IntakeReport

SUMMARY = """\
{files} files, {transactions} remittances, {claims} claims ({duplicates} held before), {lines} lines
charge {charge}, paid {paid}, provider adjustments {plb_total}
{denied_claims} claims denied, {partially_denied_claims} in part; {reversals} reversals; \
{unbalanced_transactions} remittances do not balance
{cases_opened} cases opened, {cases_updated} updated, {cases_closed} closed\
"""
PENDING = "Detection pending: the numbers of cases are not final."


def as_json(answer: dict[str, Any]) -> str:
    """An answer for programs."""
    return json.dumps(answer, indent=2, ensure_ascii=False)


def in_words(report: IntakeReport) -> str:
    """An intake's report for people."""
    lines = [SUMMARY.format(**report.as_json())]
    for piece in report.quarantined:
        where = f"segment {piece.position}" if piece.position else "as a whole"
        claim = f", claim {piece.claim}" if piece.claim else ""
        lines.append(f"waits: {piece.file or 'folder'}, {where}{claim}: {piece.reason}")
    return "\n".join(lines)
