"""Is it a denial, and of what? From adjustments, never from the claim status. Pure.

Source of the rules: the house's domain rules on the 835 remittance ("Is it a denial?", "RARC
places"). A service line is denied when a denial adjustment stands on it with group CO, OA or PI, or
with PR and a reason that is no cost share. What is denied is the sum of those adjustments, not the
charge. An adjustment code that no map knows, on money that was held back, is its own kind: nobody
can say what it is, so a person must look.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cases.types.denial.adjudications import Adjudication, Cut
from cases.types.denial.codes import CarcMeaning, CodeMap, RarcMeaning
from cases.types.denial.vocabulary import Appealable, Category, Group

ALWAYS_DENY = frozenset({Group.CONTRACTUAL, Group.OTHER, Group.PAYER})
NEEDS_REMARK = frozenset({"16", "96", "125", "226", "227", "252", "A1"})
UNPROCESSABLE = "MA130"
TRIAGE = "triage"
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why money was held back: the code as sent, and what the maps make of it."""

    code: str
    group: str
    carc: str
    words: str
    category: Category
    queue: str
    first_action: str
    appealable: Appealable
    preventable_stage: str = "none"


@dataclass(frozen=True, slots=True)
class DeniedCut:
    """One adjustment that denies, where it stands and why. `procedure` is empty at claim level."""

    amount: Decimal
    procedure: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Denial:
    """What one decision of the payer denies. `amount` in the remittance's currency, never negative.

    `leading` is the reason that holds back most. `unknown` are adjustment codes no map knows.
    `appeal_allowed` is false for an unprocessable claim (MA130): it can only be corrected.
    """

    amount: Decimal
    leading: Reason
    procedure: str
    remarks: tuple[str, ...]
    unknown: tuple[str, ...]
    appeal_allowed: bool


@dataclass(frozen=True, slots=True)
class _Spot:
    """Adjustments of one line, or of the claim as a whole, and the remarks that go with them."""

    procedure: str
    paid: Decimal
    cuts: tuple[Cut, ...]
    remarks: tuple[str, ...]


def judge(
    parts: Sequence[Adjudication], codes: CodeMap, *, beside: Sequence[Adjudication] = ()
) -> Denial | None:
    """What a decision denies; None: nothing. A payer may give one decision in several parts.

    Codes that no map knows weigh only where no known one denies, here or `beside`: in the rest of
    the same decision.
    """
    deciding = [part for part in parts if part.decides]
    denied = [cut for part in deciding for cut in _denied(part, codes)]
    unknown = [cut for part in deciding for cut in _unknown(part, codes)]
    is_known = any(True for part in beside if part.decides for _ in _denied(part, codes))
    weighed = denied if is_known else denied or unknown
    if not weighed:
        return None
    leading, procedure = _leading(weighed)
    remarks = tuple(dict.fromkeys(_remarks(deciding)))
    return Denial(
        amount=max(sum((cut.amount for cut in weighed), ZERO), ZERO),
        leading=leading,
        procedure=procedure,
        remarks=remarks,
        unknown=tuple(sorted({cut.reason.code for cut in unknown})),
        appeal_allowed=UNPROCESSABLE not in remarks and leading.appealable is not Appealable.NO,
    )


def denies(group: str, meaning: CarcMeaning) -> bool:
    """Whether an adjustment of this group and meaning is a denial."""
    if not meaning.is_denial:
        return False
    is_own_share = group == Group.PATIENT and meaning.category is not Category.PATIENT_RESP
    return group in ALWAYS_DENY or is_own_share


def _denied(part: Adjudication, codes: CodeMap) -> Iterator[DeniedCut]:
    for spot in _spots(part):
        for cut in spot.cuts:
            meaning = codes.carc(cut.carc, part.paid_on)
            holds_back = cut.amount > ZERO or (cut.amount == ZERO and spot.paid == ZERO)
            if meaning is not None and holds_back and denies(cut.group, meaning):
                reason = _refined(cut, meaning, spot.remarks, part, codes)
                yield DeniedCut(cut.amount, spot.procedure, reason)


def _unknown(part: Adjudication, codes: CodeMap) -> Iterator[DeniedCut]:
    for spot in _spots(part):
        for cut in spot.cuts:
            is_known = codes.carc(cut.carc, part.paid_on) is not None
            if not is_known and cut.amount > ZERO and cut.group != Group.CORRECTION:
                yield DeniedCut(cut.amount, spot.procedure, _unknown_reason(cut))


def _spots(part: Adjudication) -> Iterator[_Spot]:
    yield _Spot("", part.paid, part.cuts, part.remarks)
    for line in part.lines:
        yield _Spot(line.procedure or line.revenue_code, line.paid, line.cuts, line.remarks)


def _refined(
    cut: Cut, meaning: CarcMeaning, remarks: Sequence[str], part: Adjudication, codes: CodeMap
) -> Reason:
    """The reason, read from the remark where the adjustment code leaves it to the remark."""
    reason = Reason(
        code=f"{cut.group}-{cut.carc}",
        group=cut.group,
        carc=cut.carc,
        words=meaning.words,
        category=meaning.category,
        queue=meaning.queue,
        first_action=meaning.first_action,
        appealable=meaning.appealable,
        preventable_stage=meaning.preventable_stage,
    )
    if cut.carc not in NEEDS_REMARK:
        return reason
    told = told_by([*remarks, *part.remarks], codes, part.paid_on)
    if told is None:
        return reason
    return replace(
        reason,
        words=told.words,
        category=told.category,
        queue=told.queue,
        first_action=told.first_action,
    )


def told_by(remarks: Sequence[str], codes: CodeMap, on: date | None) -> RarcMeaning | None:
    """The first remark that says why, where an adjustment code leaves it to the remark."""
    for code in _by_weight(remarks):
        told = codes.rarc(code, on)
        if told is not None and not told.is_alert:
            return told
    return None


def _by_weight(remarks: Iterable[str]) -> list[str]:
    """As sent, but “unprocessable” last: it says that the claim cannot be appealed, not why."""
    return sorted(remarks, key=lambda code: code == UNPROCESSABLE)


def _unknown_reason(cut: Cut) -> Reason:
    code = f"{cut.group}-{cut.carc}"
    return Reason(
        code=code,
        group=cut.group,
        carc=cut.carc,
        words=f"Unknown adjustment code {code}",
        category=Category.UNKNOWN,
        queue=TRIAGE,
        first_action="Find out what the code means and add it to the code map",
        appealable=Appealable.SOMETIMES,
    )


def _leading(cuts: Sequence[DeniedCut]) -> tuple[Reason, str]:
    """The reason that holds back most, and the service it holds back most of; ties by code."""
    by_reason: dict[Reason, list[DeniedCut]] = defaultdict(list)
    for cut in cuts:
        by_reason[cut.reason].append(cut)
    reason, its = min(
        by_reason.items(),
        key=lambda item: (-sum(cut.amount for cut in item[1]), item[0].code, item[0].category),
    )
    largest = min(its, key=lambda cut: (-cut.amount, cut.procedure))
    return reason, largest.procedure


def _remarks(parts: Iterable[Adjudication]) -> Iterator[str]:
    for part in parts:
        yield from part.remarks
        for line in part.lines:
            yield from line.remarks
