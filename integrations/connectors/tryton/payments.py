"""Payments are requested, never made: entered as a draft and submitted; Tryton's people approve.

Tryton submits and even approves payments of blocked lines, so the block is looked at here, each
time before one is submitted.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from billing_portal.kernel.pure.money import ZERO
from integrations.connectors.tryton import invoices
from integrations.connectors.tryton.keys import key_in, marked, under
from integrations.connectors.tryton.rest import Books, Record
from integrations.ports.commands import (
    CommandKind,
    EntryFact,
    Receipt,
    ReceiptState,
    Refused,
    RequestPayment,
    TargetFailure,
)

PAYMENT = "account.payment"
FIELDS = (
    "number",
    "reference",
    "state",
    "amount",
    "create_date",
    "journal.currency.code",
    "party.code",
)
FAILED = "failed"


def request(command: RequestPayment, *, key: str, books: Books) -> Receipt:
    """Enter and submit a payment, or submit its draft. Raises TargetFailure."""
    held = standing(key, books)
    if any(state(payment) is ReceiptState.CONFIRMED for payment in held):
        return receipt(held)
    payee = party(command, books)
    line = payable_line(payee, command, books)
    draft = held[0] if held else enter(command, payee=payee, line=line, key=key, books=books)
    if (draft["amount"], draft["party"]["id"]) != (command.amount, payee):
        raise Refused("draft_differs", "The draft under our key is not what was decided.")
    try:
        return receipt([books.act(PAYMENT, draft["id"], "submit", FIELDS)])
    except Refused:
        with suppress(TargetFailure):
            books.delete(PAYMENT, draft["id"])
        raise


def find(key: str, *, books: Books) -> Receipt | None:
    """What stands under our key. Raises Refused when Tryton gave it up, NotReached, Throttled."""
    held = standing(key, books)
    return receipt(held) if held else None


def entries(since: datetime, *, books: Books) -> Iterator[EntryFact]:
    """Every payment to others since then that did not fail. Raises NotReached, Throttled."""
    domain = [
        ["company", "=", books.company],
        ["kind", "=", "payable"],
        ["state", "!=", FAILED],
        ["create_date", ">=", since],
    ]
    return map(entry, books.pages(PAYMENT, domain, FIELDS))


def standing(key: str, books: Books) -> list[Record]:
    """The payments under our key. Raises Refused when all there were have failed."""
    ours = [["company", "=", books.company], *under(key, "reference")]
    held = books.search(PAYMENT, ours, FIELDS)
    left = [payment for payment in held if payment["state"] != FAILED]
    if held and not left:
        raise Refused("payment_failed", f"The payment {held[0]['number']} has failed.")
    return left


def enter(
    command: RequestPayment, *, payee: int, line: Record | None, key: str, books: Books
) -> Record:
    """A draft of a payment. Raises TargetFailure."""
    values = {
        "company": books.company,
        "journal": journal(command, books),
        "kind": "payable",
        "party": payee,
        "amount": command.amount,
        "line": line["id"] if line else None,
        "reference": marked(key, command.reference),
    }
    return books.create(PAYMENT, values, FIELDS)


def journal(command: RequestPayment, books: Books) -> int:
    """The payment journal of the settings in the command's money. Raises Refused."""
    name = books.option("payment_journal")
    domain = [
        ["company", "=", books.company],
        ["name", "=", name],
        ["currency.code", "=", command.currency],
    ]
    found = books.search("account.payment.journal", domain, ["name"])
    if not found:
        raise Refused("unknown_journal", f"There is no payment journal {name} in this currency.")
    return int(found[0]["id"])


def party(command: RequestPayment, books: Books) -> int:
    """Who is paid: one whom Tryton knows, or who stands for those. Raises Refused."""
    one_time = books.settings.options.get("one_time", {}).get(command.payee_kind)
    for code in filter(None, (command.payee, one_time)):
        known = ["OR", ["code", "=", code], ["identifiers.code", "=", code]]
        if found := books.search("party.party", [known], ["code"]):
            return int(found[0]["id"])
    raise Refused("unknown_payee", "This payee is not known.")


def payable_line(payee: int, command: RequestPayment, books: Books) -> Record | None:
    """The line of the payee's invoice that is paid, if one is named. Raises Refused: on hold."""
    domain = [
        *invoices.of_vendors(books),
        ["party", "=", payee],
        ["reference", "=", command.reference],
    ]
    found = books.search(invoices.INVOICE, domain, invoices.FIELDS)
    if any(map(invoices.blocked, found)):
        raise Refused("on_hold", "The invoice is blocked: it may not be paid.")
    lines = [line for invoice in found for line in invoice["lines_to_pay"]]
    return lines[0] if len(lines) == 1 else None


def receipt(held: Sequence[Record]) -> Receipt:
    """What the payments under one key come to: those submitted, or the draft."""
    asked = [payment for payment in held if state(payment) is ReceiptState.CONFIRMED]
    if not asked:
        return Receipt(f"draft {held[0]['number']}", ReceiptState.DRAFT, held[0]["amount"])
    numbers = ", ".join(str(payment["number"]) for payment in asked)
    total = sum((payment["amount"] for payment in asked), start=ZERO)
    return Receipt(numbers, ReceiptState.CONFIRMED, total)


def state(payment: Record) -> ReceiptState:
    """What is submitted has been asked for; whether it is paid Tryton's people decide."""
    return ReceiptState.DRAFT if payment["state"] == "draft" else ReceiptState.CONFIRMED


def entry(payment: Record) -> EntryFact:
    """A payment as an entry."""
    return EntryFact(
        kind=CommandKind.REQUEST_PAYMENT,
        key=key_in(payment["reference"]),
        reference=str(payment["number"]),
        state=state(payment),
        entered_at=payment["create_date"],
        posted_on=None,
        currency=payment["journal"]["currency"]["code"],
        total=payment["amount"],
    )
