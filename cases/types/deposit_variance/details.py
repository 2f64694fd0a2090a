"""What a deposit variance knows: what the remittance says, and what the bank received."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class DepositDetails(Details):
    """A payment and its deposits, as far as they came; amounts in the case's currency.

    `deposits` are the bank's numbers. `gap` is one of `vocabulary.Gap`, empty when nothing is
    apart any more; `decision` changes with it and with the amounts.
    """

    decision: str
    gap: str
    trace: str
    paid_on: date | None
    remitted: Decimal
    deposited_on: date | None
    deposited: Decimal
    deposits: tuple[str, ...]
    due_on: date
