"""Parts of one claim's denial, when several cases share it. Pure.

A part is a service line, or an adjustment of the claim as a whole. It is named by what was done and
its place among equals, so that a later remittance of the same claim names it the same. What is
denied of all parts together is what is denied of the claim, to the cent: every portion is read from
the one decision that the claim's denial rests on.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cases.types.denial.adjudications import Adjudication, Cut, Line
from cases.types.denial.codes import CodeMap
from cases.types.denial.fold import ClaimState, Decision, taken_back
from cases.types.denial.rules import ZERO, judge
from cases.types.denial.vocabulary import Group
from cases.work.lifecycle import Disposition

LINE, CLAIM = "line", "claim"
Holds = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Portion:
    """Which parts: `holds` says it of each by name, `has_rest` of what no line accounts for."""

    holds: Holds
    has_rest: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """One part as it can be chosen: its name, what was done, why it was cut, what is denied."""

    name: str
    words: str
    codes: str
    denied: Decimal


def portion_of(state: ClaimState, portion: Portion, codes: CodeMap) -> ClaimState | None:
    """How a portion of a claim's denial stands; None when none of it was ever denied.

    One that the newest decision denies no more has ended, by what that decision says of it.
    """
    decisions = tuple(_narrowed(each, portion, codes) for each in state.decisions)
    index = state.decisions.index(state.decision)
    now = decisions[index]
    denying = [each for each in decisions[: index + 1] if each.denial is not None]
    if not denying or denying[-1].denial is None:
        return None
    is_denied = now.denial is not None
    return replace(
        state,
        decision=denying[-1],
        denial=denying[-1].denial,
        decisions=decisions,
        disposition=state.disposition if is_denied else state.disposition or _ending(now),
        taken_back=taken_back(decisions, denying[-1]),
    )


def pieces_of(state: ClaimState, portion: Portion, codes: CodeMap) -> Iterator[Piece]:
    """The parts of a portion, as the decision that the denial rests on gives them."""
    parts = state.decision.parts
    for name, each in _named(parts):
        if portion.holds(name):
            alone = Portion(name.__eq__, has_rest=False)
            denial = judge(_parts(parts, alone), codes, beside=parts)
            amount = denial.amount if denial else ZERO
            cuts = each.cuts if isinstance(each, Line) else (each,)
            yield Piece(name, _words(each), ", ".join(_code(cut) for cut in cuts), amount)


def _narrowed(decision: Decision, portion: Portion, codes: CodeMap) -> Decision:
    parts = _parts(decision.parts, portion)
    return replace(decision, parts=parts, denial=judge(parts, codes, beside=decision.parts))


def _parts(parts: Sequence[Adjudication], portion: Portion) -> tuple[Adjudication, ...]:
    """The same adjudications with the lines and adjustments of a portion alone."""
    names = iter([name for name, _ in _named(parts)])
    return tuple(_part(part, portion, names) for part in parts)


def _part(part: Adjudication, portion: Portion, names: Iterator[str]) -> Adjudication:
    lines = tuple(line for line in part.lines if portion.holds(next(names)))
    cuts = tuple(cut for cut in part.cuts if portion.holds(next(names)))
    return replace(
        part,
        lines=lines,
        cuts=cuts,
        charge=_sum(lines, part.lines, _charge, part.charge, portion),
        paid=_sum(lines, part.lines, _paid, part.paid, portion),
        patient_responsibility=_sum(
            lines, part.lines, _share, part.patient_responsibility, portion
        ),
    )


def _sum(
    mine: Sequence[Line],
    lines: Sequence[Line],
    of: Callable[[Line], Decimal],
    whole: Decimal,
    portion: Portion,
) -> Decimal:
    """What lines come to; with the rest, also what no line accounts for."""
    rest = whole - sum(map(of, lines), ZERO) if portion.has_rest else ZERO
    return sum(map(of, mine), ZERO) + rest


def _charge(line: Line) -> Decimal:
    return line.charge


def _paid(line: Line) -> Decimal:
    return line.paid


def _share(line: Line) -> Decimal:
    return sum((cut.amount for cut in line.cuts if cut.group == Group.PATIENT), ZERO)


def _named(parts: Sequence[Adjudication]) -> Iterator[tuple[str, Line | Cut]]:
    """Every part with its name: of each adjudication its lines, then its own adjustments."""
    seen: Counter[str] = Counter()
    for part in parts:
        pieces: tuple[Line | Cut, ...] = (*part.lines, *part.cuts)
        for each in pieces:
            stem = _stem(each)
            seen[stem] += 1
            yield f"{stem}|{seen[stem]}", each


def _stem(each: Line | Cut) -> str:
    names = (LINE, *each.service) if isinstance(each, Line) else (CLAIM, each.group, each.carc)
    return "|".join(names)


def _words(each: Line | Cut) -> str:
    if isinstance(each, Cut):
        return "The claim as a whole"
    return " ".join(filter(None, (each.procedure or each.revenue_code, each.modifiers)))


def _code(cut: Cut) -> str:
    return f"{cut.group}-{cut.carc}"


def _ending(now: Decision) -> Disposition:
    if now.paid > ZERO:
        return Disposition.PAID_ON_REPROCESS
    if now.patient_responsibility > ZERO:
        return Disposition.PATIENT_RESPONSIBILITY
    return Disposition.EXPLAINED
