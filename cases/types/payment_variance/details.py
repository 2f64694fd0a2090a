"""What a payment variance knows: the lines, what the contract allows, and what is short."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class PricedDetails(Details):
    """One line beside its contract."""

    ordinal: int
    code: str
    charge: Decimal
    withheld: Decimal
    allowed: Decimal
    short: Decimal
    citation: str


@dataclass(frozen=True, slots=True)
class VarianceDetails(Details):
    """A claim that was paid less than its contract allows; amounts in its currency.

    `short` is what was withheld as contractual beyond the contract, over its priced lines.
    `decision` is the adjudication that it rests on.
    """

    decision: str
    trace: str
    paid_on: date | None
    charge: Decimal
    paid: Decimal
    allowed: Decimal
    short: Decimal
    lines: tuple[PricedDetails, ...]
