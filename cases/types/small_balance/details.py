"""What a batch of small balances knows: how many, how large a sample, and which exactly."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class SmallBalanceDetails(Details):
    """A batch as it was collected; `most` is the largest balance taken, in the case's currency.

    `decision` is the SHA-256 of every account with its balance: an approval seals it.
    """

    decision: str
    collected_on: date
    accounts: int
    sampled: int
    most: Decimal
