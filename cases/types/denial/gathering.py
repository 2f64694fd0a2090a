"""One case of several claims' denials, or of parts of them: their findings made one. Pure.

The case stands while any of them stands, at the amount of those that do; it is named by its own
claim's. Days that time limits count from are the earliest, so that no limit is missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import chain

from cases.types.denial.details import DenialDetails
from cases.types.denial.rules import ZERO
from cases.work.findings import Finding

AND = "+"


def together(findings: Sequence[Finding]) -> Finding:
    """Several findings of one case as one; the case's own claim's is the first."""
    if len(findings) == 1:
        return findings[0]
    standing = [each for each in findings if each.disposition is None]
    counted = standing or findings
    first = counted[0]
    decision = AND.join(each.decision for each in findings)
    return replace(
        first,
        facility_id=findings[0].facility_id,
        claim_id=findings[0].claim_id,
        payer_id=findings[0].payer_id,
        amount=sum((each.amount for each in counted), ZERO),
        cycle=max(each.cycle for each in findings),
        decision=decision,
        alarms=tuple(chain.from_iterable(each.alarms for each in findings)),
        details=_details([_of(each) for each in counted], decision=decision),
    )


def _of(finding: Finding) -> DenialDetails:
    assert isinstance(finding.details, DenialDetails)
    return finding.details


def _details(parts: Sequence[DenialDetails], *, decision: str) -> DenialDetails:
    return replace(
        parts[0],
        decision=decision,
        charge=_sum(each.charge for each in parts),
        paid=_sum(each.paid for each in parts),
        denied_amount=_sum(each.denied_amount for each in parts),
        patient_responsibility=_sum(each.patient_responsibility for each in parts),
        taken_back=_sum(each.taken_back for each in parts),
        remarks=tuple(dict.fromkeys(chain.from_iterable(each.remarks for each in parts))),
        unknown_codes=tuple(sorted(set(chain.from_iterable(each.unknown_codes for each in parts)))),
        appeal_allowed=all(each.appeal_allowed for each in parts),
        paid_on=_earliest(each.paid_on for each in parts),
        service_from=_earliest(each.service_from for each in parts),
        service_to=max((each.service_to for each in parts if each.service_to), default=None),
        claim_adjustments=tuple(chain.from_iterable(each.claim_adjustments for each in parts)),
        lines=tuple(chain.from_iterable(each.lines for each in parts)),
        decisions=tuple(chain.from_iterable(each.decisions for each in parts)),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
