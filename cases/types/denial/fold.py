"""From all adjudications of a claim to how its denial stands. Pure.

Nothing here depends on the order of arrival: the same adjudications in any order fold to the same
state. They are taken by the date of their remittance; a reversal takes back the adjudication equal
and opposite to it, of an earlier date before one of its own; what is left of one remittance is one
decision. A later decision that denies nothing settles a denial when it covers the denied lines.

Source of the rules: the house's domain rules on reversals and initial denials: the initial denial
is the first one that was not taken back; a claim denied again is the same case in a new cycle.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.types.denial.adjudications import Adjudication
from cases.types.denial.rules import ZERO, Denial
from cases.work.lifecycle import Disposition

Judge = Callable[[Sequence[Adjudication]], Denial | None]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a payer decided on a claim at one time: the parts that one remittance gives.

    `is_void`: taken back since.
    """

    parts: tuple[Adjudication, ...]
    denial: Denial | None
    is_void: bool

    @property
    def key(self) -> str:
        """Names the decision: its remittance, and the content of its first part."""
        first = self.parts[0]
        return f"{first.trace}/{first.paid_on or 'undated'}/{first.digest[:12]}"

    @property
    def paid(self) -> Decimal:
        """What the payer paid."""
        return sum((part.paid for part in self.parts), ZERO)

    @property
    def patient_responsibility(self) -> Decimal:
        """What the payer left to the patient."""
        return sum((part.patient_responsibility for part in self.parts), ZERO)

    def covers(self, other: "Decision") -> bool:
        """Whether it decides on every denied line of another decision."""
        mine = {line.service for part in self.parts for line in part.lines}
        theirs = {line.service for part in other.parts for line in part.lines if line.cuts}
        return not mine or not theirs or theirs <= mine


@dataclass(frozen=True, slots=True)
class ClaimState:
    """How a denied claim stands: its denial, in which cycle, and by what it ended, if it did.

    `decision` is the denying one; `taken_back` what the payer had paid before it and now does not.
    """

    decision: Decision
    denial: Denial
    cycle: int
    is_initial: bool
    disposition: Disposition | None
    decisions: tuple[Decision, ...]
    taken_back: Decimal


def fold(adjudications: Iterable[Adjudication], judge: Judge) -> ClaimState | None:
    """How the denial of a claim stands; None when no decision ever denied anything."""
    decisions = _decisions(adjudications, judge)
    denying = [each for each in decisions if each.denial is not None]
    if not denying:
        return None
    standing = _standing(decisions)
    decision = standing or denying[-1]
    if decision.denial is None:
        return None
    index = denying.index(decision)
    return ClaimState(
        decision=decision,
        denial=decision.denial,
        cycle=index + 1,
        is_initial=all(each.is_void for each in denying[:index]),
        disposition=None if standing is not None else _ending(decisions, decision),
        decisions=tuple(decisions),
        taken_back=taken_back(decisions, decision),
    )


def _standing(decisions: Sequence[Decision]) -> Decision | None:
    """The denial that is neither taken back nor settled by a later decision."""
    standing: Decision | None = None
    for each in decisions:
        if each.is_void:
            continue
        if each.denial is not None:
            standing = each
        elif standing is not None and each.covers(standing):
            standing = None
    return standing


def _ending(decisions: Sequence[Decision], denied: Decision) -> Disposition:
    """How a denial that no longer stands ended."""
    after = decisions[decisions.index(denied) + 1 :]
    live = [each for each in after if not each.is_void and not each.denial and each.covers(denied)]
    if not live:
        return Disposition.REVERSED
    if live[-1].paid > ZERO:
        return Disposition.PAID_ON_REPROCESS
    if live[-1].patient_responsibility > ZERO:
        return Disposition.PATIENT_RESPONSIBILITY
    return Disposition.EXPLAINED


def taken_back(decisions: Sequence[Decision], denied: Decision) -> Decimal:
    """What an earlier decision had paid more than this one: the payer takes it back."""
    earlier = decisions[: decisions.index(denied)]
    before = earlier[-1].paid if earlier else ZERO
    return max(before - denied.paid, ZERO)


def _decisions(adjudications: Iterable[Adjudication], judge: Judge) -> list[Decision]:
    """All decisions in order: by date, those taken back on their own day first, by remittance."""
    ordered = sorted(adjudications, key=_order)
    taken_back_on = _reversed(ordered)
    keyed: dict[tuple[date, bool, str, bool], list[Adjudication]] = defaultdict(list)
    for index, each in enumerate(ordered):
        if each.decides:
            is_void = index in taken_back_on
            stays_the_day = taken_back_on.get(index) != _day(each)
            keyed[_day(each), stays_the_day, each.trace, not is_void].append(each)
    return [
        Decision(tuple(parts), judge(parts), is_void=not is_live)
        for (_, _, _, is_live), parts in sorted(keyed.items(), key=lambda item: item[0])
    ]


def _reversed(ordered: Sequence[Adjudication]) -> dict[int, date]:
    """Which adjudications were taken back, and on which day, by place in the order."""
    taken: dict[int, date] = {}
    for reversal in ordered:
        if not reversal.is_reversal:
            continue
        live = [i for i, each in enumerate(ordered) if each.decides and i not in taken]
        earlier = [i for i in reversed(live) if _day(ordered[i]) < _day(reversal)]
        same_day = [i for i in live if _day(ordered[i]) == _day(reversal)]
        fitting = [i for i in [*earlier, *same_day] if _is_opposite(ordered[i], reversal)]
        own = [i for i in fitting if _has_its_number(ordered[i], reversal)]
        found = [*own, *fitting, *earlier]
        if found:
            taken[found[0]] = _day(reversal)
    return taken


def _is_opposite(each: Adjudication, reversal: Adjudication) -> bool:
    amounts = abs(each.charge), abs(each.paid)
    return amounts == (abs(reversal.charge), abs(reversal.paid))


def _has_its_number(each: Adjudication, reversal: Adjudication) -> bool:
    return each.payer_control_number == reversal.payer_control_number


def _order(each: Adjudication) -> tuple[date, str, int, str, int]:
    """By date, then remittance, then place: a total order of what was sent."""
    return _day(each), each.trace, each.position, each.digest, each.ordinal


def _day(each: Adjudication) -> date:
    return each.paid_on or date.min
