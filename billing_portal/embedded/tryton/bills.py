"""Vendors' invoices as people of an ERP enter them: posted, and blocked until somebody releases.

Apart from the books, which every Tryton has from the shelf: these are one organisation's.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing_portal.embedded.tryton.books import PAYABLE, Session, day, decimal

INVOICE, LINE = "account.invoice", "account.move.line"
EXPENSE, JOURNAL, CURRENCY = "5000", "EXP", "USD"


@dataclass(frozen=True, slots=True)
class Bill:
    """What a vendor, by their code, wants: dollars, with everything that is on the invoice."""

    vendor: str
    number: str
    issued_on: date
    total: Decimal


def enter(session: Session, bill: Bill) -> int:
    """An invoice that is not to be paid yet; Tryton's number of it. Broken off, it goes on.

    It is blocked before it is posted, and what is posted stays as it is: a release is kept.
    Raises RuntimeError with Tryton's words when it refuses.
    """
    invoice = held(session, bill) or draft(session, bill)
    if state(session, invoice) == "draft":
        session.model(INVOICE, "validate_invoice", [invoice])
    if state(session, invoice) == "validated":
        session.model(LINE, "payment_block", payable(session, invoice))
        session.model(INVOICE, "post", [invoice])
    return invoice


def held(session: Session, bill: Bill) -> int | None:
    """The invoice of this number and vendor, if it was entered."""
    domain = [["reference", "=", bill.number], ["party.code", "=", bill.vendor]]
    return next(iter(session.model(INVOICE, "search", domain, 0, 1, None)), None)


def draft(session: Session, bill: Bill) -> int:
    """An invoice of one line over its whole total."""
    party = vendor(session, bill.vendor)
    line = {
        "type": "line",
        "description": "As billed",
        "account": account(session, EXPENSE),
        "quantity": 1,
        "unit_price": decimal(str(bill.total)),
    }
    return session.create(
        INVOICE,
        type="in",
        company=session.company,
        party=party,
        invoice_address=session.one("party.address", ["party", "=", party]),
        currency=session.one("currency.currency", ["code", "=", CURRENCY]),
        journal=session.one("account.journal", ["code", "=", JOURNAL]),
        account=account(session, PAYABLE),
        reference=bill.number,
        invoice_date=day(bill.issued_on),
        lines=[["create", [line]]],
    )


def vendor(session: Session, code: str) -> int:
    """A vendor under a code of their own, made at the first need."""
    found = session.model("party.party", "search", [["code", "=", code]], 0, 1, None)
    addresses = [["create", [{}]]]
    return (
        found[0]
        if found
        else session.create("party.party", name="A vendor", code=code, addresses=addresses)
    )


def account(session: Session, code: str) -> int:
    """Tryton's number of an account."""
    return session.one("account.account", ["code", "=", code])


def state(session: Session, invoice: int) -> str:
    """How far an invoice is."""
    return str(session.model(INVOICE, "read", [invoice], ["state"])[0]["state"])


def payable(session: Session, invoice: int) -> list[int]:
    """The lines of an invoice that are paid."""
    return list(session.model(INVOICE, "read", [invoice], ["lines_to_pay"])[0]["lines_to_pay"])
