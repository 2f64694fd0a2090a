"""One row of a ledger export as a fact; what cannot be taken as it stands is refused by name."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.money import AmountRefused, amount
from integrations.ports.ledgers import (
    AccountFact,
    EntryFact,
    EntryKind,
    GuarantorFact,
    LedgerFact,
    Tender,
)

LONGEST = 200
RANKS = {"": None, "1": 1, "2": 2, "3": 3}
FLAGS = {"": True, "yes": True, "no": False}

Row = Mapping[str, str]
Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)


class RowRefused(DomainError):
    """A row cannot be taken. The message names the column and why, never its value."""

    code = "row_refused"


def ledger_of(row: Row, position: int) -> LedgerFact:
    """The statement's own row. Raises RowRefused."""
    return LedgerFact(required(row, "number"), day(row, "stated_on"), row["currency"], position)


def account_of(row: Row, entries: tuple[EntryFact, ...], position: int) -> AccountFact:
    """An account's row with its entries. Raises RowRefused."""
    check_lengths(row)
    guarantor = GuarantorFact(
        row["guarantor"],
        row["family_name"],
        row["given_name"],
        row["state"].upper(),
        day(row, "changed_on") if row["changed_on"] else None,
    )
    return AccountFact(
        required(row, "number"),
        row["facility"],
        guarantor,
        money(row, "balance"),
        entries,
        position,
    )


def entry_of(row: Row) -> EntryFact:
    """An entry's row. Raises RowRefused."""
    check_lengths(row)
    return EntryFact(
        number=required(row, "number"),
        kind=word(row, "kind", EntryKind),
        amount=money(row, "amount"),
        posted_on=day(row, "posted_on"),
        posted_by=row["posted_by"],
        payer=row["payer"],
        payer_name=row["payer_name"],
        rank=one_of(row, "rank", RANKS),
        tender=word(row, "tender", Tender),
        claim=row["claim"],
        line=row["line"],
        reverses=row["reverses"],
        is_applied=one_of(row, "applied", FLAGS),
    )


def check_lengths(row: Row) -> None:
    """Refuse what no index takes."""
    for name, said in row.items():
        if len(said) > LONGEST or "\0" in said:
            raise RowRefused(f"{name} is longer than {LONGEST} characters or not text")


def required(row: Row, name: str) -> str:
    """A text that must be there."""
    if not row[name]:
        raise RowRefused(f"{name} is empty")
    return row[name]


def money(row: Row, name: str) -> Decimal:
    """An exact amount."""
    try:
        return amount(row[name])
    except AmountRefused as refusal:
        raise RowRefused(f"{name} {refusal}") from None


def day(row: Row, name: str) -> date:
    """A day as CCYY-MM-DD."""
    try:
        return date.fromisoformat(row[name])
    except ValueError:
        raise RowRefused(f"{name} is not a day such as 2026-01-31") from None


def word(row: Row, name: str, words: type[Word]) -> Word:
    """One of a list of words."""
    try:
        return words(row[name])
    except ValueError:
        known = ", ".join(filter(None, words))
        raise RowRefused(f"{name} is none of {known}") from None


def one_of(row: Row, name: str, values: Mapping[str, Value]) -> Value:
    """What one of a few spellings stands for."""
    if row[name] not in values:
        raise RowRefused(f"{name} is none of {', '.join(filter(None, values))}")
    return values[row[name]]
