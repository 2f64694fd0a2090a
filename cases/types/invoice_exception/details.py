"""What an invoice exception knows: the invoice's own words, and what holds it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class HeldFor(Details):
    """One open hold; `amount` in the invoice's currency, `line` empty: the invoice as a whole."""

    kind: str
    line: str
    words: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceDetails(Details):
    """A vendor's invoice and what stands against releasing it; amounts in its currency.

    `decision` names the invoice's content: another decision is another invoice. `bank_digest` is
    of the account that it is paid to, which approvals seal with the rest (R15).
    """

    decision: str
    kind: str
    number: str
    vendor: str
    vendor_key: str
    bank_digest: str
    issued_on: date
    due_on: date | None
    orders: tuple[str, ...]
    total: Decimal
    variance: Decimal
    holds: tuple[HeldFor, ...]
