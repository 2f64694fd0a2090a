"""What a decision may lead to: each kind plans its vouchers and commands; the registry holds them.

A case type brings its kinds as `EFFECTS = (EffectKind(…), …)`; they are registered when the
application is ready. Planning reads and computes, it writes nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.registry import Registry
from cases.work.lifecycle import Disposition, Verb
from cases.work.models import Case
from integrations.canonical.models import Facility
from integrations.ports.commands import Command


class Payee(Protocol):
    """Whom a decision pays, as it was sealed."""

    @property
    def kind(self) -> str:
        """Payer, patient or vendor."""

    @property
    def identifier(self) -> str:
        """The key it is known by."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was approved, as it was sealed: `amount` in `currency`, by whom and when.

    `preparers` and `approvers` are the keys of people; nobody is both.
    """

    case: Case
    matter: str
    amount: Decimal
    currency: str
    payee: Payee | None
    request_reference: str
    decided_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    preparers: Collection[int] = ()
    approvers: Collection[int] = ()

    def once(self, event: str) -> str:
        """The name of an event that a case may see again, though never by the same request."""
        return f"{event}:{self.request_reference}"


@dataclass(frozen=True, slots=True)
class JournalPlan:
    """A voucher to book: a template's key, its named amounts, at which site, in which words.

    `event` names what it does (empty: the template's key): of one case it happens once, until it is
    reversed. No patient data in `text`: it goes to the ERP. `on` is a day of a closed period that
    was reopened for it; None: the day of the decision, or the first open one.
    """

    template: str
    amounts: Mapping[str, Decimal]
    entity: Facility
    text: str
    event: str = ""
    on: date | None = None

    @property
    def name(self) -> str:
        """The event."""
        return self.event or self.template


@dataclass(frozen=True, slots=True)
class CommandPlan:
    """Something else that a partner system is told: a payment request, a release.

    `event` names what it does: of one case it happens once.
    """

    command: Command
    event: str

    @property
    def name(self) -> str:
        """The event."""
        return self.event

    @property
    def amount(self) -> Decimal:
        """What the command is about, in money."""
        return self.command.total


Planned = JournalPlan | CommandPlan


def at_risk(decided: Decided) -> Decimal:
    """What the sub-ledger still shows of a case: unless its kind knows better, what is at risk."""
    amount: Decimal = decided.case.amount_at_risk
    return amount


def nothing_booked(_decided: Decided) -> Sequence[Planned]:
    """It books nothing."""
    return ()


def nothing_more(_decided: Decided, _by: User) -> None:
    """Nothing is written beside the effects."""


@dataclass(frozen=True)
class EffectKind:
    """One kind of decision: `key` is its matter; it ends its case with `disposition`, None: not.

    `receivable` says what the sub-ledger shows open on the receivables that its vouchers credit:
    they never credit more. `settle` writes what its case type keeps of the decision, in the same
    transaction, once the effects are written. `verb` is how it ends its case.
    """

    key: str
    label: str
    plan: Callable[[Decided], Sequence[Planned]]
    disposition: Disposition | None
    receivable: Callable[[Decided], Decimal] = at_risk
    settle: Callable[[Decided, User], None] = nothing_more
    verb: Verb = Verb.GRANT


EFFECTS: Registry[EffectKind] = Registry("effect")
