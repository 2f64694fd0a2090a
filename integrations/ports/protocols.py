"""What a connector is, and the registry of the installed ones."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeAlias

from billing_portal.kernel.pure.registry import Registry
from integrations.ports.acknowledgements import AcknowledgementFact, ReportFact
from integrations.ports.deposits import DepositListFact
from integrations.ports.facts import ProviderAdjustmentFact, RemittanceFact, RemittedClaimFact
from integrations.ports.ledgers import AccountFact, LedgerFact
from integrations.ports.purchasing import InvoiceFact, OrderFact, ReceiptFact


@dataclass(frozen=True, slots=True)
class TransactionOpened:
    """A remittance begins."""

    header: RemittanceFact


class ClaimRead(NamedTuple):
    """A claim was read whole and balances."""

    claim: RemittedClaimFact


@dataclass(frozen=True, slots=True)
class ClaimQuarantined:
    """A claim or account that cannot be taken as it is; `claim` is its number, if readable.

    `reason` is fit for the person who mends it and holds no patient data.
    """

    position: int
    byte_offset: int
    claim: str
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class TransactionClosed:
    """A remittance ended. `paid_total` sums CLP04 of every claim that stated one, quarantined too.

    It balances when paid_total - provider_adjustment_total = expected (BPR02). `is_truncated`: the
    file or the next transaction began before its end (SE). `warnings` never stop anything.
    """

    provider_adjustments: tuple[ProviderAdjustmentFact, ...]
    claims_read: int
    claims_quarantined: int
    paid_total: Decimal
    provider_adjustment_total: Decimal
    expected: Decimal
    is_balanced: bool
    is_truncated: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageProblem:
    """Something wrong outside of any claim; `is_fatal`: what stands there could not be read."""

    position: int
    byte_offset: int
    reason_code: str
    reason: str
    is_fatal: bool


@dataclass(frozen=True, slots=True)
class ReportOpened:
    """A report on claims that were sent begins."""

    header: ReportFact


class AcknowledgementRead(NamedTuple):
    """What a report says of one claim was read whole."""

    acknowledgement: AcknowledgementFact


@dataclass(frozen=True, slots=True)
class ReportClosed:
    """A report ended. It balances when its own counts and amounts are those of its claims.

    `is_truncated` and `warnings` are as with remittances.
    """

    is_balanced: bool
    is_truncated: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerOpened:
    """A statement of patient accounts begins."""

    header: LedgerFact


class AccountRead(NamedTuple):
    """One account's statement was read whole. Whether it ties, who keeps it decides."""

    account: AccountFact


@dataclass(frozen=True, slots=True)
class LedgerClosed:
    """A statement of accounts ended; `is_truncated` and `warnings` are as with remittances."""

    is_truncated: bool
    warnings: tuple[str, ...]


class InvoiceRead(NamedTuple):
    """A vendor's invoice or credit note was read whole."""

    document: InvoiceFact


class OrderRead(NamedTuple):
    """A purchase order was read whole."""

    document: OrderFact


class ReceiptRead(NamedTuple):
    """A receipt of goods was read whole."""

    document: ReceiptFact


class DepositsRead(NamedTuple):
    """A bank's list of deposits was read whole, and ties."""

    document: DepositListFact


Opened: TypeAlias = TransactionOpened | ReportOpened | LedgerOpened
Closed: TypeAlias = TransactionClosed | ReportClosed | LedgerClosed
Event: TypeAlias = (
    Opened
    | Closed
    | ClaimRead
    | ClaimQuarantined
    | AcknowledgementRead
    | AccountRead
    | InvoiceRead
    | OrderRead
    | ReceiptRead
    | DepositsRead
    | MessageProblem
)


class Connector(Protocol):
    """One outside system's translation: bytes in, facts out. Pure: no database, no clock."""

    key: str
    label: str

    def read(self, chunks: Iterable[bytes]) -> Iterator[Event]:
        """The facts of a message, in its order, in constant memory. Never raises on content."""


CONNECTORS: Registry[Connector] = Registry("connector")
