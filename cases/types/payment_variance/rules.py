"""Whether a claim was paid as its contract says. Pure.

Source of the rules: the house's queue for underpayments: a variance counts from $25 and 2 % of what
the contract allows. What a payer withholds as contractual (CO-45) is compared, and nothing else: a
line that was denied or reduced for another reason is explained by that reason, and denied ones have
a case of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from billing_portal.kernel.pure.money import ZERO
from cases.types.payment_variance.vocabulary import CodeKind

CENT = Decimal("0.01")
LEAST, LEAST_SHARE = Decimal("25.00"), Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Rate:
    """What a contract allows for a code; `facility_id` None: at every site without its own."""

    facility_id: int | None
    code_kind: CodeKind
    code: str
    rate: Decimal | None
    share: Decimal | None
    valid_from: date
    valid_to: date | None
    citation: str

    def allows(self, line: "PaidLine") -> Decimal:
        """What it allows for a line, to the cent, never more than was charged."""
        if self.rate is not None:
            full = self.rate * (line.units if line.units is not None else 1)
        else:
            full = (self.share or ZERO) * line.charge
        return min(full.quantize(CENT, ROUND_HALF_UP), line.charge)


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One service line as paid; `withheld` is what was taken off as contractual (CO-45)."""

    ordinal: int
    procedure: str
    revenue_code: str
    charge: Decimal
    paid: Decimal
    withheld: Decimal
    units: Decimal | None
    on: date | None


@dataclass(frozen=True, slots=True)
class Priced:
    """A line beside its contract: `short` is what was withheld too much, negative: too little."""

    line: PaidLine
    allowed: Decimal
    short: Decimal
    citation: str


def rate_for(line: PaidLine, rates: Iterable[Rate], *, facility_id: int) -> Rate | None:
    """The rate that holds on the day of service: the site's own first, a procedure before all."""
    fitting = [each for each in rates if _fits(each, line, facility_id)]
    fitting.sort(key=lambda r: (r.facility_id is None, r.code_kind is not CodeKind.PROCEDURE))
    return fitting[0] if fitting else None


def _fits(rate: Rate, line: PaidLine, facility_id: int) -> bool:
    code = line.procedure if rate.code_kind is CodeKind.PROCEDURE else line.revenue_code
    return (
        rate.code == code
        and rate.facility_id in {None, facility_id}
        and line.on is not None
        and rate.valid_from <= line.on
        and (rate.valid_to is None or line.on < rate.valid_to)
    )


def price(lines: Iterable[PaidLine], rates: Sequence[Rate], *, facility_id: int) -> list[Priced]:
    """The lines that a contract prices, beside what it allows."""
    found = []
    for line in lines:
        rate = rate_for(line, rates, facility_id=facility_id)
        if rate is not None and line.withheld > 0:
            allowed = rate.allows(line)
            short = line.withheld - (line.charge - allowed)
            found.append(Priced(line, allowed, short, rate.citation))
    return found


def is_underpaid(priced: Sequence[Priced]) -> bool:
    """Whether a claim's lines come to a variance that counts: both limits are reached."""
    short = sum((each.short for each in priced), ZERO)
    allowed = sum((each.allowed for each in priced), ZERO)
    return short >= LEAST and short >= LEAST_SHARE * allowed
