"""What somebody asks for. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cases.approvals.sealing import Payee
from cases.approvals.vocabulary import Act, Matter


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be approved: `amount` in `currency`, of which case the request says.

    `payee` is who receives money, None if nobody does. `accounts` are the patients' accounts or the
    orders that it is about, never accounts of the ledger: requests of the same requester for the
    same account or payee within thirty days count together. `evidence` are SHA-256 digests. `facts`
    are what policies may name beside amounts ("avoidable": "yes"). `makers` are the keys of people
    who made what is asked for, by what they did; requester and owner of the case are added.
    """

    matter: Matter
    amount: Decimal
    currency: str
    payee: Payee | None = None
    accounts: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    makers: Mapping[Act, Collection[int]] = field(default_factory=dict)

    @property
    def links(self) -> list[str]:
        """What ties it to other requests of the same requester."""
        accounts = {f"account:{account}" for account in self.accounts}
        payee = {f"{self.payee.kind}:{self.payee.identifier}"} if self.payee else set()
        return sorted(accounts | payee)
