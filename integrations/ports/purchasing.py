"""What connectors say of purchases: vendors' invoices, the orders and the receipts behind them.

Amounts are exact `Decimal`s in the document's currency, as sent; a credit note's are positive for
what the vendor owes us. A position is a line of the file, counted from 1. A bank account is known
by its digest alone: nothing of it is kept in clear.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, TypeAlias

ZERO = Decimal(0)
ONE = Decimal(1)
CREDIT_CODES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"}
)
"""What makes a document a credit note (UNTDID 1001, as EN 16931 restricts it)."""


class InvoiceKind(StrEnum):
    """Who owes whom by the document."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class OrderStanding(StrEnum):
    """Whether goods may still be billed against an order."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PartyFact:
    """A vendor or buyer as named; `identifiers` are all it is known by, the surest first."""

    identifiers: tuple[str, ...]
    name: str
    tax_number: str = ""
    bank_digest: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLineFact:
    """One line as billed: `amount` is net of tax; `price` is for `per` units.

    `adjustment` is what charges less allowances of the line add to quantity times price.
    """

    number: str
    description: str
    item: str
    quantity: Decimal
    unit: str
    price: Decimal | None
    per: Decimal
    adjustment: Decimal
    amount: Decimal
    tax_rate: Decimal | None
    order_number: str
    order_line: str
    cost_centre: str


@dataclass(frozen=True, slots=True)
class InvoiceFact:
    """A vendor's invoice or credit note.

    It balances when its lines less allowances plus charges, tax and rounding come to its `total`,
    of which `prepaid` is paid already. `missing` names what the sender left blank and should not.
    """

    label: ClassVar[str] = "invoice"

    kind: InvoiceKind
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    vendor: PartyFact
    buyer: PartyFact
    order_number: str
    corrects: str
    allowances: Decimal
    charges: Decimal
    tax: Decimal
    rounding: Decimal
    prepaid: Decimal
    total: Decimal
    lines: tuple[InvoiceLineFact, ...]
    position: int
    missing: tuple[str, ...] = ()

    @property
    def net(self) -> Decimal:
        """What its lines come to."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def parts(self) -> Decimal:
        """What its lines, allowances, charges, tax and rounding come to."""
        return self.net - self.allowances + self.charges + self.tax + self.rounding

    @property
    def is_balanced(self) -> bool:
        """Whether its parts come to its total."""
        return self.parts == self.total

    def digest(self) -> str:
        """SHA-256 (hex) of what it says; where it stood makes no difference."""
        return digest_of(self)


@dataclass(frozen=True, slots=True)
class OrderLineFact:
    """One line as ordered. `way` is how it is matched (2, 3, 4), None: as the vendor's usually."""

    number: str
    description: str
    item: str
    quantity: Decimal
    unit: str
    price: Decimal
    per: Decimal
    tax_rate: Decimal | None
    cost_centre: str
    account: str
    way: int | None


@dataclass(frozen=True, slots=True)
class OrderFact:
    """A purchase order of ours, whole. Of two versions the higher holds."""

    label: ClassVar[str] = "order"

    number: str
    version: int
    standing: OrderStanding
    ordered_on: date
    currency: str
    vendor: PartyFact
    buyer: PartyFact
    charges: Decimal
    lines: tuple[OrderLineFact, ...]
    position: int

    def digest(self) -> str:
        """As an invoice's."""
        return digest_of(self)


@dataclass(frozen=True, slots=True)
class ReceiptLineFact:
    """What came of one line of an order; `accepted` None: nobody inspected it."""

    number: str
    order_line: str
    quantity: Decimal
    accepted: Decimal | None


@dataclass(frozen=True, slots=True)
class ReceiptFact:
    """Goods or services taken in against an order; `receiver` is who took them in, as named."""

    label: ClassVar[str] = "receipt"

    number: str
    order_number: str
    received_on: date
    receiver: str
    lines: tuple[ReceiptLineFact, ...]
    position: int

    def digest(self) -> str:
        """As an invoice's."""
        return digest_of(self)


DocumentFact: TypeAlias = InvoiceFact | OrderFact | ReceiptFact


def digest_of(fact: DocumentFact) -> str:
    """SHA-256 (hex) of a document but for its place."""
    said = (said_of(getattr(fact, f.name)) for f in fields(fact) if f.name != "position")
    return sha256("\x1f".join(said).encode("utf-8", "surrogatepass")).hexdigest()


def said_of(value: object) -> str:
    """A value the same however its numbers were written."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, tuple):
        return "\x1e".join(said_of(each) for each in value)
    if isinstance(value, PartyFact | InvoiceLineFact | OrderLineFact | ReceiptLineFact):
        return "\x1d".join(said_of(getattr(value, f.name)) for f in fields(value))
    return str(value)


def bank_digest(account: str) -> str:
    """SHA-256 (hex) of an account number as it is compared: without blanks, in capitals."""
    plain = re.sub(r"[^0-9A-Za-z]", "", account).upper()
    return sha256(plain.encode()).hexdigest() if plain else ""


def one_order(lines: Iterable[InvoiceLineFact]) -> str:
    """The order that every line names; empty where they name several, or one names none."""
    numbers = {line.order_number for line in lines}
    return numbers.pop() if len(numbers) == 1 else ""


def known(identifiers: Iterable[str]) -> tuple[str, ...]:
    """Identifiers once each, in their order, without empty ones."""
    return tuple(dict.fromkeys(each for each in identifiers if each))


def texts_of(value: object) -> Iterator[str]:
    """Every text of a document that is looked up or compared: all but descriptions."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_of(each)
    elif is_dataclass(value):
        for each in fields(value):
            if each.name != "description":
                yield from texts_of(getattr(value, each.name))
