"""What the connectors of single documents share: one file, one document, or the reason it is none.

What no record can hold is refused here, with the reason, whichever format it came in.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from integrations.ports.elements import ElementRefused
from integrations.ports.protocols import InvoiceRead, MessageProblem, OrderRead, ReceiptRead
from integrations.ports.purchasing import (
    DocumentFact,
    InvoiceFact,
    OrderFact,
    ReceiptFact,
    texts_of,
)
from integrations.ports.xml import Node, line_of, root_of

LONGEST = 200
MOST_LINES = 10_000
IS_CURRENCY = re.compile(r"[A-Z]{3}").fullmatch
DocumentRead: TypeAlias = InvoiceRead | OrderRead | ReceiptRead


def read_xml(
    chunks: Iterable[bytes], translate: Callable[[Node], DocumentFact]
) -> Iterator[DocumentRead | MessageProblem]:
    """The document of an XML file, or why it cannot be taken. Never raises on content."""
    position = 1
    try:
        root = root_of(chunks)
        position = line_of(root)
        yield read_of(translate(root))
    except ElementRefused as refusal:
        yield problem(refusal, position=position)


def read_of(fact: DocumentFact) -> DocumentRead:
    """A document as an event. Raises ElementRefused for what no record can hold."""
    require_fit(fact)
    if isinstance(fact, InvoiceFact):
        return InvoiceRead(fact)
    return OrderRead(fact) if isinstance(fact, OrderFact) else ReceiptRead(fact)


def problem(refusal: ElementRefused, *, position: int) -> MessageProblem:
    """Why a document cannot be taken, as an event."""
    return MessageProblem(position, 0, refusal.reason_code, str(refusal), is_fatal=True)


def require_fit(fact: DocumentFact) -> None:
    """Raises ElementRefused for a document that has no number, no line or too much of anything."""
    if not fact.number or len(fact.number) > LONGEST:
        why = f"The {fact.label} has no number, or one of more than {LONGEST} characters."
        raise ElementRefused("number", why)
    if not 0 < len(fact.lines) <= MOST_LINES:
        why = f"The {fact.label} has no lines, or more than {MOST_LINES:,}."
        raise ElementRefused("lines", why)
    numbers = [line.number for line in fact.lines]
    if len(set(numbers)) < len(numbers) or "" in numbers:
        raise ElementRefused("line_numbers", f"Two lines of the {fact.label} bear one number.")
    if any(len(each) > LONGEST for each in texts_of(fact)):
        why = f"An identifier or name is longer than {LONGEST} characters."
        raise ElementRefused("too_long", why)
    if not isinstance(fact, ReceiptFact):
        require_parties(fact)


def require_parties(fact: InvoiceFact | OrderFact) -> None:
    """Raises ElementRefused where nobody says whose it is, or in what money."""
    if not IS_CURRENCY(fact.currency):
        raise ElementRefused("currency", f"The {fact.label} states no currency (ISO 4217).")
    if not fact.vendor.identifiers:
        raise ElementRefused("vendor", f"The {fact.label} names no vendor.")
