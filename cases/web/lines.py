"""What the payer decided on a claim, line by line, every code in words, sums that tie out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format

from cases.types.denial.adjudications import Adjudication, Cut, Line
from cases.types.denial.codes import CodeMap
from cases.types.denial.loading import adjudications_of, code_map
from cases.types.denial.vocabulary import Group
from cases.web.presenters import shown_money
from cases.work.models import Case

ZERO = Decimal("0.00")
UNKNOWN = "This code is not in the code map yet"
STATUSES = {
    "1": "Processed as primary",
    "2": "Processed as secondary",
    "3": "Processed as tertiary",
    "4": "Denied",
    "19": "Processed as primary, forwarded",
    "20": "Processed as secondary, forwarded",
    "21": "Processed as tertiary, forwarded",
    "22": "Reversal of a previous payment",
    "23": "Not this payer’s claim, forwarded",
    "25": "Predetermination, no payment",
}


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A code, its words, and what it takes from the charge."""

    code: str
    words: str
    amount: str = ""
    is_denial: bool = False


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line, or the claim's own adjustments."""

    label: str
    detail: str
    charge: str
    allowed: str
    paid: str
    cuts: list[CodeShown]
    remarks: list[CodeShown]


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of the payer."""

    title: str
    status: str
    tone: str
    words: str
    lines: list[LineShown]
    charge: str
    allowed: str
    adjusted: str
    paid: str
    ties_out: bool
    gap: str
    groups: list[tuple[str, str]]


def decided(case: Case) -> list[Decided]:
    """The decisions on a case's claim, newest first; none for a case without a claim."""
    if case.claim_id is None:
        return []
    found = adjudications_of([case.claim_id]).get(case.claim_id, [])
    shown = Shower(code_map(), case.currency)
    return [shown.decision(each) for each in reversed(found)]


@dataclass(frozen=True, slots=True)
class Shower:
    """Puts adjudications in words with the code maps of now."""

    codes: CodeMap
    currency: str

    def decision(self, each: Adjudication) -> Decided:
        """One CLP loop."""
        cuts = [*each.cuts, *(cut for line in each.lines for cut in line.cuts)]
        adjusted = total(cut.amount for cut in cuts)
        gap = each.charge - adjusted - each.paid
        day = date_format(each.paid_on, "M j, Y") if each.paid_on else "no date"
        number = each.payer_control_number
        return Decided(
            title=f"Remittance {each.trace}, {day}",
            status=STATUSES.get(each.status_code, f"Status {each.status_code}"),
            tone="warn" if each.is_reversal else "",
            words=f"payer’s number {number}" if number else "",
            lines=self.lines(each),
            charge=self.money(each.charge),
            allowed=self.money(total(line.allowed or ZERO for line in each.lines)),
            adjusted=self.money(adjusted),
            paid=self.money(each.paid),
            ties_out=gap == ZERO,
            gap=self.money(gap),
            groups=groups_of(cuts),
        )

    def lines(self, each: Adjudication) -> list[LineShown]:
        """Its lines, after the claim's own adjustments if it has any."""
        own = self.cuts(each.cuts, each), self.remarks(each.remarks, each)
        claim = [LineShown("Whole claim", "", "", "", "", *own)] if any(own) else []
        return claim + [self.line(line, each) for line in each.lines]

    def line(self, line: Line, each: Adjudication) -> LineShown:
        """One SVC loop."""
        detail = [line.revenue_code and f"revenue {line.revenue_code}"]
        if line.service_from:
            detail.append(date_format(line.service_from, "M j"))
        return LineShown(
            label=" ".join(filter(None, [line.procedure or "Service", line.modifiers])),
            detail=" · ".join(filter(None, detail)),
            charge=self.money(line.charge),
            allowed="" if line.allowed is None else self.money(line.allowed),
            paid=self.money(line.paid),
            cuts=self.cuts(line.cuts, each),
            remarks=self.remarks(line.remarks, each),
        )

    def cuts(self, cuts: Sequence[Cut], each: Adjudication) -> list[CodeShown]:
        """Adjustments in words."""
        shown = []
        for cut in cuts:
            meaning = self.codes.carc(cut.carc, each.paid_on)
            shown.append(
                CodeShown(
                    code=f"{cut.group}-{cut.carc}",
                    words=meaning.words if meaning else UNKNOWN,
                    amount=self.money(cut.amount),
                    is_denial=meaning is not None and meaning.is_denial,
                )
            )
        return shown

    def remarks(self, codes: Sequence[str], each: Adjudication) -> list[CodeShown]:
        """Remarks in words."""
        meanings = [(code, self.codes.rarc(code, each.paid_on)) for code in codes]
        return [CodeShown(code, each.words if each else UNKNOWN) for code, each in meanings]

    def money(self, amount: Decimal) -> str:
        """In the case's currency."""
        return shown_money(amount, self.currency)


def groups_of(cuts: Iterable[Cut]) -> list[tuple[str, str]]:
    """The adjustment groups met, in words."""
    met = {cut.group for cut in cuts}
    return [(str(group), group.label) for group in Group if group in met]


def total(amounts: Iterable[Decimal]) -> Decimal:
    """A sum."""
    return sum(amounts, ZERO)
