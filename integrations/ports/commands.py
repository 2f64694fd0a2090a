"""What connectors are asked to do elsewhere: commands, what comes back, and the installed targets.

Amounts are positive, exact to the cent, in the command's own currency; dates are calendar days of
the entity's books, without zone. A command is stored and sent as one canonical text, so that what
was decided is what is posted.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from math import inf
from typing import Any, ClassVar, Protocol, TypeAlias

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.money import ZERO, amount, plain
from billing_portal.kernel.pure.registry import Registry


class CommandKind(StrEnum):
    """What can be asked of another system."""

    POST_JOURNAL = "post_journal"
    RELEASE_INVOICE = "release_invoice"
    REQUEST_PAYMENT = "request_payment"


@dataclass(frozen=True, slots=True)
class JournalLineCommand:
    """One line of a journal: a debit or a credit of one account, the other is zero."""

    account: str
    debit: Decimal
    credit: Decimal
    text: str = ""


@dataclass(frozen=True, slots=True)
class PostJournal:
    """Post a journal to an entity's ledger.

    `posting_on` is the day it is posted to, `original_on` the day it belongs to: they differ when
    the period of the latter was closed.
    """

    kind: ClassVar[CommandKind] = CommandKind.POST_JOURNAL

    entity: str
    journal: str
    posting_on: date
    original_on: date
    currency: str
    description: str
    lines: tuple[JournalLineCommand, ...]

    @property
    def total(self) -> Decimal:
        """What is debited."""
        return sum((line.debit for line in self.lines), ZERO)


@dataclass(frozen=True, slots=True)
class ReleaseInvoice:
    """Take the hold off a vendor's invoice: it may be paid."""

    kind: ClassVar[CommandKind] = CommandKind.RELEASE_INVOICE

    vendor: str
    invoice_number: str
    amount: Decimal
    currency: str

    @property
    def total(self) -> Decimal:
        """What becomes payable."""
        return self.amount


@dataclass(frozen=True, slots=True)
class RequestPayment:
    """Ask for a payment to a payer, patient or vendor; the other system pays, never we.

    `payee` is the identifier by which the other system knows them.
    """

    kind: ClassVar[CommandKind] = CommandKind.REQUEST_PAYMENT

    payee_kind: str
    payee: str
    amount: Decimal
    currency: str
    purpose: str
    reference: str

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.amount


Command: TypeAlias = PostJournal | ReleaseInvoice | RequestPayment

COMMANDS: dict[CommandKind, type[Command]] = {
    command.kind: command for command in (PostJournal, ReleaseInvoice, RequestPayment)
}
DAYS = frozenset({"posting_on", "original_on"})
AMOUNTS = frozenset({"amount", "debit", "credit"})


class CommandUnreadable(DomainError):
    """A stored or received text is no command, or its amounts are not exact to the cent."""

    code = "command_unreadable"


def encode(command: Command) -> str:
    """A command as its canonical text: JSON, keys sorted, amounts as text with two decimals.

    Raises CommandUnreadable when the text would not say just what the command does.
    """
    said = {"kind": command.kind, **asdict(command)}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=word)
    if decode(text) != command:
        raise CommandUnreadable("An amount of this command is not exact to the cent.")
    return text


def word(value: object) -> str:
    """An amount or a day as text."""
    return plain(value) if isinstance(value, Decimal) else str(value)


def decode(text: str) -> Command:
    """The reverse. Raises CommandUnreadable."""
    try:
        said = json.loads(text)
        command = COMMANDS[CommandKind(said.pop("kind"))]
        if "lines" in said:
            said["lines"] = tuple(JournalLineCommand(**values(line)) for line in said["lines"])
        return command(**values(said))
    except (ValueError, KeyError, TypeError, AttributeError, DomainError) as failure:
        raise CommandUnreadable("This text is no command.") from failure


def values(said: Mapping[str, Any]) -> dict[str, Any]:
    """Texts of a command as what they mean."""
    return {name: meant(name, value) for name, value in said.items()}


def meant(name: str, value: Any) -> Any:
    """One text as what it means."""
    if name in AMOUNTS:
        return amount(value)
    return date.fromisoformat(value) if name in DAYS else value


class ReceiptState(StrEnum):
    """How far the other system has come.

    A draft is finished by sending again, which never doubles it; what was accepted is confirmed
    later, by itself.
    """

    DRAFT = "draft"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other system holds under our key: its own reference, and the amount it took."""

    reference: str
    state: ReceiptState
    total: Decimal


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of what the other system holds."""

    account: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True)
class EntryFact:
    """One document of the other system; `key` is ours, empty when somebody else made it."""

    kind: CommandKind
    key: str
    reference: str
    state: ReceiptState
    entered_at: datetime
    posted_on: date | None
    currency: str
    total: Decimal
    lines: tuple[EntryLine, ...] = ()


class TargetFailure(Exception):
    """A command did not end in a receipt. Every other exception of a target is unexpected."""


class Refused(TargetFailure):
    """The other system says no: surely not applied, and not applied however often it is sent.

    `code` is for programs, `words` are the other system's own.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


class NotReached(TargetFailure):
    """The other system did not get it: surely not applied, worth trying again."""


class Throttled(TargetFailure):
    """The other system is asked too much: surely not applied. `retry_after` is in seconds."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("asked too often")
        self.retry_after = retry_after


class OutcomeUnknown(TargetFailure):
    """It was sent and no answer tells what became of it: it may have been applied."""


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """Where and how a target is reached. `options` are the target's own; `secret` is never shown.

    `hosts` may be called, at public addresses and those of `networks` (CIDR); `allows_loopback`:
    this machine may be called. `read_seconds` is how long an answer is waited for, and `until` the
    moment (of the monotonic clock) from which nothing more is asked, however many calls a command
    takes: then somebody else may have taken it up.
    """

    url: str
    secret: str = field(default="", repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)
    allows_loopback: bool = False
    read_seconds: float = 30.0
    until: float = inf
    hosts: frozenset[str] = frozenset()
    networks: tuple[str, ...] = ()


class Target(Protocol):
    """One outside system's door for commands. No database, no clock of ours, HTTP alone.

    `key` of a call is our own, 32 hexadecimal digits, the same for every try of one command. It
    goes with the command and into the document that comes of it.
    """

    key: str
    label: str

    def send(self, command: Command, *, key: str, settings: TargetSettings) -> Receipt:
        """Carry a command out, or finish its draft. Raises TargetFailure, and says which."""

    def find(self, command: Command, *, key: str, settings: TargetSettings) -> Receipt | None:
        """What is held under our key, drafts too; None when surely nothing is.

        Raises TargetFailure when there is no telling.
        """

    def entries(self, since: datetime, *, settings: TargetSettings) -> Iterator[EntryFact]:
        """All that was entered since, ours and others', in the order of entry.

        Raises TargetFailure.
        """


TARGETS: Registry[Target] = Registry("target")
