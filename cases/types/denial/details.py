"""What a denial case knows: the claim-level and line-level facts of the decision it rests on.

No patient data: names stay with the patient's record, where showing them is audited. Amounts are in
the case's currency.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.types.denial.adjudications import Adjudication, Cut, Line
from cases.types.denial.fold import ClaimState, Decision
from cases.types.denial.rules import ZERO
from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class CutDetails:
    """One adjustment as sent: group, code, amount."""

    group: str
    carc: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LineDetails:
    """One service line as adjudicated."""

    procedure: str
    modifiers: str
    revenue_code: str
    charge: Decimal
    paid: Decimal
    allowed: Decimal | None
    service_on: date | None
    adjustments: tuple[CutDetails, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionDetails:
    """One decision of the payer on this claim; `denied` is zero when it denied nothing."""

    trace: str
    paid_on: date | None
    paid: Decimal
    denied: Decimal
    is_void: bool


@dataclass(frozen=True, slots=True)
class DenialDetails(Details):
    """The decision that a denial case rests on, and those around it.

    `first_action`, `words` and `mapped_queue` are what the code maps said when it was detected.
    `taken_back` is what the payer had paid before and now does not.
    """

    decision: str
    cycle: int
    is_initial: bool
    charge: Decimal
    paid: Decimal
    denied_amount: Decimal
    patient_responsibility: Decimal
    taken_back: Decimal
    group: str
    carc: str
    remarks: tuple[str, ...]
    unknown_codes: tuple[str, ...]
    category: str
    words: str
    first_action: str
    mapped_queue: str
    appeal_allowed: bool
    appealable: str
    preventable_stage: str
    trace: str
    paid_on: date | None
    payer_control_number: str
    service_from: date | None
    service_to: date | None
    claim_adjustments: tuple[CutDetails, ...]
    lines: tuple[LineDetails, ...]
    decisions: tuple[DecisionDetails, ...]


def details_of(state: ClaimState) -> DenialDetails:
    """The details of a claim's state."""
    parts, denial, reason = state.decision.parts, state.denial, state.denial.leading
    return DenialDetails(
        decision=state.decision.key,
        cycle=state.cycle,
        is_initial=state.is_initial,
        charge=sum((part.charge for part in parts), ZERO),
        paid=state.decision.paid,
        denied_amount=denial.amount,
        patient_responsibility=state.decision.patient_responsibility,
        taken_back=state.taken_back,
        group=reason.group,
        carc=reason.carc,
        remarks=denial.remarks,
        unknown_codes=denial.unknown,
        category=str(reason.category),
        words=reason.words,
        first_action=reason.first_action,
        mapped_queue=reason.queue,
        appeal_allowed=denial.appeal_allowed,
        appealable=str(reason.appealable),
        preventable_stage=reason.preventable_stage,
        trace=parts[0].trace,
        paid_on=parts[0].paid_on,
        payer_control_number=parts[0].payer_control_number,
        service_from=min((part.service_from for part in parts if part.service_from), default=None),
        service_to=max((part.service_to for part in parts if part.service_to), default=None),
        claim_adjustments=tuple(_cut(cut) for part in parts for cut in part.cuts),
        lines=tuple(_lines(parts)),
        decisions=tuple(_decision(each) for each in state.decisions),
    )


def _lines(parts: tuple[Adjudication, ...]) -> Iterator[LineDetails]:
    for part in parts:
        for line in part.lines:
            yield _line(line)


def _line(line: Line) -> LineDetails:
    return LineDetails(
        procedure=line.procedure,
        modifiers=line.modifiers,
        revenue_code=line.revenue_code,
        charge=line.charge,
        paid=line.paid,
        allowed=line.allowed,
        service_on=line.service_from,
        adjustments=tuple(_cut(cut) for cut in line.cuts),
        remarks=line.remarks,
    )


def _cut(cut: Cut) -> CutDetails:
    return CutDetails(cut.group, cut.carc, cut.amount)


def _decision(each: Decision) -> DecisionDetails:
    first = each.parts[0]
    return DecisionDetails(
        trace=first.trace,
        paid_on=first.paid_on,
        paid=each.paid,
        denied=each.denial.amount if each.denial else ZERO,
        is_void=each.is_void,
    )
