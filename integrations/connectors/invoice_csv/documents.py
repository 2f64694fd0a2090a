"""The rows of one document as a document. What belongs to the whole is the same in every row."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from integrations.ports.elements import ElementRefused
from integrations.ports.purchasing import (
    ONE,
    ZERO,
    DocumentFact,
    InvoiceFact,
    InvoiceKind,
    InvoiceLineFact,
    OrderFact,
    OrderLineFact,
    OrderStanding,
    PartyFact,
    ReceiptFact,
    ReceiptLineFact,
    bank_digest,
    known,
    one_order,
)
from integrations.ports.tables import Row, require_same
from integrations.ports.xml import optional_day

INVOICE = (
    "vendor_name",
    "vendor_tax_number",
    "vendor_bank_account",
    "buyer",
    "issued_on",
    "due_on",
    "currency",
    "corrects",
    "allowances",
    "charges",
    "tax",
    "rounding",
    "prepaid",
    "total",
)
ORDER = ("vendor", "buyer", "ordered_on", "currency", "standing", "charges")
RECEIPT = ("order_number", "received_on", "receiver")
Word = TypeVar("Word", bound=StrEnum)


def invoice_of(rows: list[Row]) -> InvoiceFact:
    """An invoice or credit note. Raises ElementRefused."""
    require_same(rows, INVOICE)
    head = rows[0]
    lines = tuple(invoice_line(row, at) for at, row in enumerate(rows, start=1))
    return InvoiceFact(
        kind=word(head, "kind", InvoiceKind, InvoiceKind.INVOICE),
        number=head.text("invoice_number"),
        issued_on=head.day("issued_on"),
        due_on=optional_day(head.text("due_on"), head.place("due_on")),
        currency=head.text("currency").upper(),
        vendor=party_of(head, "vendor"),
        buyer=party_of(head, "buyer"),
        order_number=one_order(lines),
        corrects=head.text("corrects"),
        allowances=head.money("allowances"),
        charges=head.money("charges"),
        tax=head.money("tax"),
        rounding=head.money("rounding"),
        prepaid=head.money("prepaid"),
        total=head.required_money("total"),
        lines=lines,
        position=head.position,
    )


def invoice_line(row: Row, at: int) -> InvoiceLineFact:
    """One line as billed. Raises ElementRefused."""
    quantity = row.optional_count("quantity")
    return InvoiceLineFact(
        number=row.text("line") or str(at),
        description=row.text("description"),
        item=row.text("item"),
        quantity=ONE if quantity is None else quantity,
        unit=row.text("unit"),
        price=row.optional_count("price"),
        per=ONE,
        adjustment=ZERO,
        amount=row.required_money("amount"),
        tax_rate=row.optional_count("tax_rate"),
        order_number=row.text("order_number"),
        order_line=row.text("order_line"),
        cost_centre=row.text("cost_centre"),
    )


def order_of(rows: list[Row]) -> OrderFact:
    """An order. Raises ElementRefused."""
    require_same(rows, ORDER)
    head = rows[0]
    return OrderFact(
        number=head.text("order_number"),
        version=head.whole("version", default=1) or 1,
        standing=word(head, "standing", OrderStanding, OrderStanding.OPEN),
        ordered_on=head.day("ordered_on"),
        currency=head.text("currency").upper(),
        vendor=party_of(head, "vendor"),
        buyer=party_of(head, "buyer"),
        charges=head.money("charges"),
        lines=tuple(order_line(row, at) for at, row in enumerate(rows, start=1)),
        position=head.position,
    )


def order_line(row: Row, at: int) -> OrderLineFact:
    """One line as ordered. Raises ElementRefused."""
    return OrderLineFact(
        number=row.text("line") or str(at),
        description=row.text("description"),
        item=row.text("item"),
        quantity=row.count("quantity"),
        unit=row.text("unit"),
        price=row.count("price"),
        per=ONE,
        tax_rate=row.optional_count("tax_rate"),
        cost_centre=row.text("cost_centre"),
        account=row.text("account"),
        way=row.whole("way", default=None),
    )


def receipt_of(rows: list[Row]) -> ReceiptFact:
    """A receipt. Raises ElementRefused."""
    require_same(rows, RECEIPT)
    head = rows[0]
    return ReceiptFact(
        number=head.text("receipt_number"),
        order_number=head.text("order_number"),
        received_on=head.day("received_on"),
        receiver=head.text("receiver"),
        lines=tuple(receipt_line(row, at) for at, row in enumerate(rows, start=1)),
        position=head.position,
    )


def receipt_line(row: Row, at: int) -> ReceiptLineFact:
    """What came of one line. Raises ElementRefused."""
    return ReceiptLineFact(
        number=row.text("line") or str(at),
        order_line=row.text("order_line"),
        quantity=row.count("quantity"),
        accepted=row.optional_count("accepted"),
    )


READERS: Mapping[str, Callable[[list[Row]], DocumentFact]] = {
    "invoice_number": invoice_of,
    "order_number": order_of,
    "receipt_number": receipt_of,
}


def party_of(row: Row, side: str) -> PartyFact:
    """A vendor or buyer."""
    name, tax_number = row.text(f"{side}_name"), row.text(f"{side}_tax_number")
    return PartyFact(
        identifiers=known((row.text(side), tax_number, name)),
        name=name,
        tax_number=tax_number,
        bank_digest=bank_digest(row.text(f"{side}_bank_account")),
    )


def word(row: Row, name: str, words: type[Word], usual: Word) -> Word:
    """One of some words, the usual one when it is left out. Raises ElementRefused."""
    said = row.text(name).lower().replace(" ", "_")
    if said and said not in set(words):
        raise ElementRefused("word", f"{row.place(name)} is none of {', '.join(words)}")
    return words(said) if said else usual
