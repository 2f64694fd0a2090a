"""One pass over a message: on whose behalf, what each part came to, what was set aside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias, get_args

from django.db import connection

from billing_portal.accounts.models import User
from integrations.canonical.apply.transactions import Applied, Context
from integrations.inbox.models import Message, PartStatus
from integrations.ports.acknowledgements import ReportFact
from integrations.ports.deposits import DepositListFact
from integrations.ports.facts import RemittanceFact
from integrations.ports.ledgers import LedgerFact
from integrations.ports.protocols import (
    ClaimQuarantined,
    Closed,
    DepositsRead,
    Event,
    InvoiceRead,
    MessageProblem,
    Opened,
    OrderRead,
    ReceiptRead,
)
from integrations.ports.purchasing import DocumentFact
from integrations.ports.totals import Totals

DOCUMENTS = (*get_args(DocumentFact), DepositListFact)
LIFE = 5_000  # claims between two signs of life
Header: TypeAlias = RemittanceFact | ReportFact | LedgerFact | DocumentFact | DepositListFact


@dataclass(frozen=True, slots=True)
class Aside:
    """A piece that waits for a person."""

    position: int
    byte_offset: int
    claim: str
    code: str
    reason: str


@dataclass(slots=True)
class Part:
    """What one part came to."""

    ordinal: int
    header: Header
    status: PartStatus = PartStatus.REFUSED
    applied: Applied | None = None
    totals: Totals = field(default_factory=Totals)
    asides: list[Aside] = field(default_factory=list)

    @property
    def paid_on(self) -> date | None:
        """A remittance's day."""
        return self.header.paid_on if isinstance(self.header, RemittanceFact) else None

    @property
    def number(self) -> str:
        """What its sender calls it."""
        if isinstance(self.header, RemittanceFact):
            return self.header.trace_number
        if isinstance(self.header, ReportFact):
            return self.header.report_number or self.header.control_number
        return self.header.number

    @property
    def name(self) -> str:
        """What it is, with its number."""
        return f"{self.header.label} {self.number}"


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over a message.

    `guard` is called first in every transaction: it locks the message and raises when another
    worker has it. `correlation_id` names what the pass leads to. `keep` writes what a part came to.
    `rescopes`: claims that are held move to whom today's crosswalks say (a replay).
    """

    message: Message
    by: User
    guard: Callable[[], None]
    correlation_id: str
    keep: Callable[["Run", "Part"], None]
    rescopes: bool = False

    def context(self) -> Context:
        """On whose behalf its transactions are applied."""
        return Context(
            source=self.message.source,
            correlation_id=self.correlation_id,
            by=self.by,
            received_at=self.message.received_at,
            sha256=self.message.sha256,
            rescopes=self.rescopes,
            received_by=self.message.received_by,
        )


def header_of(event: Event) -> Header | None:
    """What a part of a message begins with, or is as a whole; None for all else."""
    if isinstance(event, Opened):
        return event.header
    if isinstance(event, InvoiceRead | OrderRead | ReceiptRead | DepositsRead):
        return event.document
    return None


def aside_of(event: Event) -> Aside | None:
    """What a connector could not read, as a piece that waits; None for all else that it says."""
    if isinstance(event, ClaimQuarantined):
        claim = event.claim
    elif isinstance(event, MessageProblem) and event.is_fatal:
        claim = ""
    else:
        return None
    return Aside(event.position, event.byte_offset, claim, event.reason_code, event.reason)


def skip(header: Header, events: Iterator[Event], sign: Callable[[], None]) -> None:
    """Read on to the end of a part without looking, giving a sign of life at times.

    A document is one event: it ends where it begins.
    """
    if isinstance(header, DOCUMENTS):
        return
    for count, event in enumerate(events):
        if count % LIFE == 0:
            sign()
        if isinstance(event, Closed):
            return


def sign_of_life() -> None:
    """Tell the database that reading goes on: it ends transactions that stand idle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
