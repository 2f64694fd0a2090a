"""A patient account as the rules see it: postings, and what remittances say. Pure, no rows.

Amounts are in the account's currency, signed by what they do to the balance.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from integrations.canonical.models import EntryKind

ZERO = Decimal("0.00")


class Posting(NamedTuple):
    """One ledger entry. `payer_id` is None for the patient's own."""

    number: str
    kind: EntryKind
    amount: Decimal
    posted_on: date
    posted_by: str
    payer_id: int | None
    rank: int | None
    claim: str
    line: str
    reverses: str
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that still stands, less what was taken or given back of it; `amount` above zero."""

    posting: Posting
    amount: Decimal

    @property
    def place(self) -> tuple[int | None, str, str, Decimal]:
        """What two payments of the same money share: payer, claim, line, amount."""
        posting = self.posting
        return posting.payer_id, posting.claim, posting.line, self.amount


class Remitted(NamedTuple):
    """What a payer's remittances say of one claim: all that it paid, less what it took back.

    `allowed` is its newest decision's, None where it names none.
    """

    claim: str
    payer_id: int
    paid: Decimal
    allowed: Decimal | None
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """One account: its postings in the order of their day, and what was remitted on its claims."""

    postings: tuple[Posting, ...]
    remitted: tuple[Remitted, ...] = ()

    @property
    def balance(self) -> Decimal:
        """What is owed; below zero, what was paid too much."""
        return total(self.postings)

    @property
    def credit(self) -> Decimal:
        """What was paid too much on the whole account; nought when something is owed."""
        return max(-self.balance, ZERO)

    @property
    def payments(self) -> list[Payment]:
        """The payments that still stand, in the order of their day."""
        taken = [each for each in self.postings if each.reverses]
        standing = []
        for posting in self.postings:
            if posting.kind is EntryKind.PAYMENT:
                back = total(each for each in taken if each.reverses == posting.number)
                if (left := -posting.amount - back) > 0:
                    standing.append(Payment(posting, left))
        return standing

    def of(self, *kinds: EntryKind) -> list[Posting]:
        """The postings of some kinds."""
        return [each for each in self.postings if each.kind in kinds]

    @property
    def owed(self) -> Decimal:
        """What was billed less contractual adjustments, reversals of both included."""
        billed = {EntryKind.CHARGE, EntryKind.CONTRACTUAL}
        kinds = {each.number: each.kind for each in self.postings}
        return total(
            each
            for each in self.postings
            if each.kind in billed
            or (each.kind is EntryKind.REVERSAL and kinds.get(each.reverses) in billed)
        )


def total(postings: Iterable[Posting]) -> Decimal:
    """The sum of postings."""
    return sum((each.amount for each in postings), ZERO)


def paid(payments: Iterable[Payment]) -> Decimal:
    """The sum of payments."""
    return sum((each.amount for each in payments), ZERO)


def insurers(payments: Collection[Payment]) -> list[Payment]:
    """Those that payers made."""
    return [each for each in payments if each.posting.payer_id is not None]


def patients(payments: Collection[Payment]) -> list[Payment]:
    """Those that the patient or guarantor made."""
    return [each for each in payments if each.posting.payer_id is None]
