"""A vendor's invoice is released by taking the block off its payable lines.

Tryton keeps no trace of who released what, so a note on the invoice says it under our key. It is
written first: a note whose invoice is still blocked is a release that was begun.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from integrations.connectors.tryton.keys import key_in, marked, under
from integrations.connectors.tryton.rest import PAGE, Books, Domain, Record
from integrations.ports.commands import (
    CommandKind,
    EntryFact,
    OutcomeUnknown,
    Receipt,
    ReceiptState,
    Refused,
    ReleaseInvoice,
    TargetFailure,
)

INVOICE, LINE, NOTE = "account.invoice", "account.move.line", "ir.note"
FIELDS = (
    "number",
    "reference",
    "total_amount",
    "currency.code",
    "lines_to_pay.payment_blocked",
)
NOTED = ("message", "resource", "create_date")


def release(command: ReleaseInvoice, *, key: str, books: Books) -> Receipt:
    """Take the block off an invoice, or finish doing so. Raises TargetFailure."""
    invoice = invoice_of(command, books)
    begun = notes(key, invoice, books)
    if not begun and not blocked(invoice):
        raise Refused("not_on_hold", "The invoice is not on hold: somebody else released it.")
    note = begun[0] if begun else leave_note(invoice, key=key, books=books)
    try:
        for line in blocked(invoice):
            unblock(line, books)
    except Refused:
        with suppress(TargetFailure):
            books.delete(NOTE, note["id"])
        raise
    return Receipt(str(invoice["number"]), ReceiptState.CONFIRMED, invoice["total_amount"])


def find(command: ReleaseInvoice, *, key: str, books: Books) -> Receipt | None:
    """What stands under our key. Raises NotReached, Throttled."""
    for invoice in books.search(INVOICE, numbered(command, books), FIELDS):
        if notes(key, invoice, books):
            return Receipt(str(invoice["number"]), state(invoice), invoice["total_amount"])
    return None


def entries(since: datetime, *, books: Books) -> Iterator[EntryFact]:
    """Every release under a key since then. Raises NotReached, Throttled.

    A release touches the invoice's payable lines; Tryton gives notes of named records only.
    """
    touched = [*of_vendors(books), ["move.lines.write_date", ">=", since]]
    invoices = {named(each): each for each in books.pages(INVOICE, touched, FIELDS)}
    names = list(invoices)
    for at in range(0, len(names), PAGE):
        domain = [["resource", "in", names[at : at + PAGE]], ["create_date", ">=", since]]
        for note in books.search(NOTE, domain, NOTED):
            if key_in(note["message"]):
                yield entry(note, invoices[note["resource"]])


def invoice_of(command: ReleaseInvoice, books: Books) -> Record:
    """The posted invoice of a vendor. Raises Refused: none, several, another amount."""
    found = books.search(INVOICE, numbered(command, books), FIELDS)
    if len(found) != 1:
        message = f"{len(found)} posted invoices have this number."
        raise Refused("ambiguous_invoice" if found else "unknown_invoice", message)
    invoice = found[0]
    held = (invoice["total_amount"], invoice["currency"]["code"])
    if held != (command.amount, command.currency):
        raise Refused("other_amount", f"The invoice is over {held[0]} {held[1]}.")
    return invoice


def numbered(command: ReleaseInvoice, books: Books) -> Domain:
    """The invoices that a command means: of this number and vendor."""
    return [
        *of_vendors(books),
        ["reference", "=", command.invoice_number],
        [
            "OR",
            ["party.code", "=", command.vendor],
            ["party.identifiers.code", "=", command.vendor],
        ],
    ]


def of_vendors(books: Books) -> Domain:
    """Vendors' invoices in the books."""
    states = ["posted", "paid"]
    return [["company", "=", books.company], ["type", "=", "in"], ["state", "in", states]]


def named(invoice: Record) -> str:
    """An invoice as notes name it."""
    return f"{INVOICE},{invoice['id']}"


def notes(key: str, invoice: Record, books: Books) -> list[Record]:
    """The notes under our key on an invoice."""
    return books.search(NOTE, [["resource", "=", named(invoice)], *under(key, "message")], NOTED)


def leave_note(invoice: Record, *, key: str, books: Books) -> Record:
    """Say on an invoice that it is released. Raises TargetFailure."""
    values = {
        "resource": named(invoice),
        "message": marked(key, "Released for payment."),
    }
    return books.create(NOTE, values, NOTED)


def blocked(invoice: Record) -> list[Record]:
    """Its payable lines that may not be paid."""
    return [line for line in invoice["lines_to_pay"] if line["payment_blocked"]]


def unblock(line: Record, books: Books) -> None:
    """Take the block off a line, and look whether it is off. Raises TargetFailure."""
    if books.act(LINE, line["id"], "payment_unblock", ["payment_blocked"])["payment_blocked"]:
        raise OutcomeUnknown("The invoice is still blocked.")


def state(invoice: Record) -> ReceiptState:
    """Whether a release has come to its end."""
    return ReceiptState.DRAFT if blocked(invoice) else ReceiptState.CONFIRMED


def entry(note: Record, invoice: Record) -> EntryFact:
    """A release as an entry."""
    return EntryFact(
        kind=CommandKind.RELEASE_INVOICE,
        key=key_in(note["message"]),
        reference=str(invoice["number"]),
        state=state(invoice),
        entered_at=note["create_date"],
        posted_on=None,
        currency=invoice["currency"]["code"],
        total=invoice["total_amount"],
    )
