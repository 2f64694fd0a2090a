"""What connectors say of patient accounts: frozen facts in the trade's words.

An account's statement is its whole ledger as of a day. An amount is signed by what it does to the
balance: a charge raises it, a payment lowers it. Amounts are exact, in the ledger's currency.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

ZERO = Decimal("0.00")


class EntryKind(StrEnum):
    """What was posted."""

    CHARGE = "charge"
    PAYMENT = "payment"
    CONTRACTUAL = "contractual"
    REFUND = "refund"
    REVERSAL = "reversal"


class Tender(StrEnum):
    """How a payment came."""

    EFT = "eft"
    CHECK = "check"
    CARD = "card"
    CASH = "cash"
    UNKNOWN = ""


RAISING = frozenset({EntryKind.CHARGE, EntryKind.REFUND})
LOWERING = frozenset({EntryKind.PAYMENT})


class EntryFact(NamedTuple):
    """One posting. `payer` is empty for the patient's own; `rank` is its place among the payers.

    `reverses` names the entry of the same account that it takes back or pays back, `claim` the
    patient control number it was posted to, `line` the service line. `is_applied` is false for
    money that waits to be given to a charge.
    """

    number: str
    kind: EntryKind
    amount: Decimal
    posted_on: date
    posted_by: str
    payer: str
    payer_name: str
    rank: int | None
    tender: Tender
    claim: str
    line: str
    reverses: str
    is_applied: bool

    def digest(self) -> str:
        """SHA-256 (hex) of what it says, but for how its payer's name is spelt."""
        parts = (
            self.number,
            self.kind,
            f"{self.amount:.2f}",
            self.posted_on.isoformat(),
            self.posted_by,
            self.payer,
            str(self.rank or ""),
            self.tender,
            self.claim,
            self.line,
            self.reverses,
            str(self.is_applied),
        )
        return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


class GuarantorFact(NamedTuple):
    """Who answers for an account: the key that the source knows the person by, and the name.

    `state` is that of the last known address, `changed_on` the day it or the bank details changed.
    """

    key: str
    family_name: str
    given_name: str
    state: str
    changed_on: date | None


class AccountFact(NamedTuple):
    """One account's statement: all of its entries, and the balance that it states."""

    number: str
    facility: str
    guarantor: GuarantorFact
    balance: Decimal
    entries: tuple[EntryFact, ...]
    position: int

    @property
    def difference(self) -> Decimal:
        """What the stated balance says beyond its entries; nought when it ties."""
        return self.balance - sum((entry.amount for entry in self.entries), ZERO)


class LedgerFact(NamedTuple):
    """A statement of accounts begins: its number, the day it speaks of, its currency if it says."""

    number: str
    stated_on: date
    currency: str
    position: int

    @property
    def label(self) -> str:
        """What it is called."""
        return "ledger"

    @property
    def version(self) -> str:
        """How new its accounts' facts are, as text that sorts by code point."""
        return f"{self.stated_on.isoformat()}|{self.number}"


def unfit(account: AccountFact) -> tuple[str, str]:
    """Why a statement cannot be kept, as a code and in words without patient data; empty if it can.

    The stated balance must be the sum of the entries to the cent; an entry stands once; a reversal
    names an entry of the account.
    """
    numbers = [entry.number for entry in account.entries]
    if len(set(numbers)) < len(numbers):
        return "entry_twice", "An entry number stands twice in the account's statement."
    for entry in account.entries:
        if reason := unfit_entry(entry, frozenset(numbers)):
            return "entry_refused", f"Entry {entry.number[:40]}: {reason}"
    if account.difference:
        return "does_not_tie", (
            f"The stated balance {account.balance:.2f} is {account.difference:.2f} apart from the"
            f" sum of its {len(numbers)} entries."
        )
    return "", ""


def unfit_entry(entry: EntryFact, numbers: frozenset[str]) -> str:
    """Why an entry is none; empty when it is one."""
    if entry.kind in RAISING and entry.amount < 0:
        return f"a {entry.kind} raises the balance; this one lowers it."
    if entry.kind in LOWERING and entry.amount > 0:
        return f"a {entry.kind} lowers the balance; this one raises it."
    if entry.kind is EntryKind.REVERSAL and not entry.reverses:
        return "a reversal names the entry that it takes back."
    if entry.reverses and (entry.reverses not in numbers or entry.reverses == entry.number):
        return "the entry that it takes back is not one of the account's."
    return ""
