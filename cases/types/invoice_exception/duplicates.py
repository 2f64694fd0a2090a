"""When an invoice may be one that we have already. Pure.

Exact: the same vendor and the same number, but for how it is written. Suspected: nearly the same
amount within a week; nearly the same number and the same amount; or another vendor of the same tax
number or bank account with the same amount within a month. An invoice that was credited and billed
again is none.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

NEARLY = Decimal("0.005")
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
LIKE = 0.6


@dataclass(frozen=True, slots=True)
class Bill:
    """What of an invoice is compared."""

    pk: int
    vendor_id: int
    number: str
    amount: Decimal
    currency: str
    issued_on: date
    tax_number: str = ""
    bank_digest: str = ""


@dataclass(frozen=True, slots=True)
class Twin:
    """An invoice that came before and may be the same; `words` say why."""

    pk: int
    is_exact: bool
    words: str


def normalised(number: str) -> str:
    """A number as it is compared: no blanks, punctuation or leading noughts, no letters at its end.

    Letters before the digits stay, noughts after them go: “INV-00123” and “INV 123 A” are one.
    """
    plain = re.sub(r"[^0-9A-Z]", "", number.upper())
    shorter = re.sub(r"(?<=[0-9])[A-Z]+$", "", plain)
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", shorter) or plain


def trigrams(word: str) -> frozenset[str]:
    """The threes of letters of a word, as pg_trgm takes them."""
    padded = f"  {word.lower()} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def likeness(one: str, other: str) -> float:
    """How alike two numbers are: shared trigrams of all, from 0 to 1."""
    first, second = trigrams(one), trigrams(other)
    return len(first & second) / len(first | second)


def twin_of(
    bill: Bill, others: Iterable[Bill], *, credited: Collection[tuple[int, str]]
) -> Twin | None:
    """The earlier invoice that a bill may be a duplicate of: an exact one before a suspected one.

    `credited` are the invoices, by vendor and number, that credit notes take back as a whole.
    """
    found = [
        twin
        for other in others
        if other.pk != bill.pk
        and (other.vendor_id, normalised(other.number)) not in credited
        and (twin := compared(bill, other)) is not None
    ]
    return min(found, key=lambda twin: (not twin.is_exact, twin.pk), default=None)


def compared(bill: Bill, other: Bill) -> Twin | None:
    """What two bills have in common that makes them suspicious; None: nothing."""
    if other.currency != bill.currency:
        return None
    if other.vendor_id == bill.vendor_id:
        return of_one_vendor(bill, other)
    shares = shared(bill, other)
    is_close = abs(bill.issued_on - other.issued_on) <= MONTH and bill.amount == other.amount
    if not (shares and is_close):
        return None
    return Twin(other.pk, is_exact=False, words=f"Same amount and {shares} as {other.number}")


def of_one_vendor(bill: Bill, other: Bill) -> Twin | None:
    """The rules between two bills of one vendor."""
    if normalised(bill.number) == normalised(other.number):
        return Twin(other.pk, is_exact=True, words=f"Same number as {other.number}")
    is_like = likeness(bill.number, other.number) >= LIKE and bill.amount == other.amount
    if is_like:
        words = f"Same amount and nearly the same number as {other.number}"
        return Twin(other.pk, is_exact=False, words=words)
    is_near = abs(bill.amount - other.amount) <= abs(other.amount) * NEARLY
    if is_near and abs(bill.issued_on - other.issued_on) <= WEEK:
        words = f"Nearly the same amount within a week of {other.number}"
        return Twin(other.pk, is_exact=False, words=words)
    return None


def shared(bill: Bill, other: Bill) -> str:
    """What two vendors share that only one should have."""
    if bill.tax_number and bill.tax_number == other.tax_number:
        return "tax number"
    if bill.bank_digest and bill.bank_digest == other.bank_digest:
        return "bank account"
    return ""
