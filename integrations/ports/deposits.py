"""What connectors say of a bank's deposits: frozen facts in the trade's words.

A list is what the bank says came in on an account in some days, whole. Amounts are exact, in the
list's currency. The account is known by its digest alone: nothing of it is kept in clear.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import ClassVar, NamedTuple

EARLIEST = date(1970, 1, 1)
LONGEST = timedelta(days=366)
"""A list of more days, or of earlier ones, is one whose year was written wrong."""


class DepositFact(NamedTuple):
    """One deposit: `number` is the bank's own, `trace` what the payer wrote to it (TRN02).

    `payer` is what the bank knows the sender by (an EFT's company identifier).
    """

    number: str
    deposited_on: date
    amount: Decimal
    trace: str
    payer: str


@dataclass(frozen=True, slots=True)
class DepositListFact:
    """A bank's list of the deposits from a day through another, both included.

    `count` and `total` are what the bank states of it.
    """

    label: ClassVar[str] = "deposit list"

    number: str
    account_digest: str
    starts_on: date
    ends_on: date
    currency: str
    count: int
    total: Decimal
    lines: tuple[DepositFact, ...]
    position: int

    def digest(self) -> str:
        """SHA-256 (hex) of what it says, in whichever order; where it stood makes no difference."""
        parts = [self.account_digest, str(self.starts_on), str(self.ends_on), self.currency]
        parts += sorted(
            "\x1e".join((each.number, str(each.deposited_on), f"{each.amount:.2f}", *each[3:]))
            for each in self.lines
        )
        return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def unfit(fact: DepositListFact) -> tuple[str, str]:
    """Why a list cannot be taken, as a code and in words; empty if it can.

    It is taken whole or not at all: what it states must be what its lines come to, to the cent.
    """
    if why := unfit_period(fact):
        return "period", why
    if any(each.amount <= 0 for each in fact.lines):
        return "amount", "A deposit is not above nought: withdrawals are not for this list."
    summed = sum((each.amount for each in fact.lines), Decimal("0.00"))
    if (len(fact.lines), summed) != (fact.count, fact.total):
        return "does_not_tie", (
            f"The list states {fact.count} deposits of {fact.total:.2f} in all; its"
            f" {len(fact.lines)} lines come to {summed:.2f}."
        )
    return "", ""


def unfit_period(fact: DepositListFact) -> str:
    """Why a list cannot be of its days; empty if it can."""
    if fact.starts_on > fact.ends_on:
        return "The list ends before it begins."
    if fact.starts_on < EARLIEST or fact.ends_on - fact.starts_on >= LONGEST:
        return f"The list is of more than {LONGEST.days} days, or of before 1970."
    if any(not fact.starts_on <= each.deposited_on <= fact.ends_on for each in fact.lines):
        return "A deposit is of a day outside the list's own days."
    return ""
