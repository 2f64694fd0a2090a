"""Whether what research says fits the account: whose the money can be, and how much. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.wording import money
from cases.types.refund.postings import Ledger, insurers, paid, patients
from cases.types.refund.vocabulary import OVERPAID, PAYING, Outcome, Way


class OwnerRefused(DomainError):
    """The money cannot be whose research says it is."""

    code = "owner_refused"


class PayeeRefused(DomainError):
    """Money goes back only to whom it came from: a payer of the account, or its guarantor."""

    code = "payee_refused"


class WayRefused(DomainError):
    """What research found does not go back this way."""

    code = "way_refused"


@dataclass(frozen=True, slots=True)
class Found:
    """What research says: the outcome, how much in `currency`, and which payer's it is."""

    outcome: Outcome
    amount: Decimal
    currency: str
    payer_id: int | None = None


def check_found(found: Found, *, ledger: Ledger, details: Mapping[str, Any]) -> None:
    """Raises OwnerRefused unless the account bears out what research says.

    A payer gets back at most what it paid; the patient never what belongs to a payer, and never
    more than the patient paid.
    """
    if found.amount <= 0:
        raise OwnerRefused("Name the amount that is to go back.")
    if (found.outcome is Outcome.OF_PAYER) != (found.payer_id is not None):
        raise OwnerRefused("Name the payer exactly if a payer paid too much.")
    most = most_of(found, ledger, details)
    if found.amount > most:
        words = money(most, found.currency)
        raise OwnerRefused(f"By the account’s entries {words} at most can be {whose(found)}.")


def most_of(found: Found, ledger: Ledger, details: Mapping[str, Any]) -> Decimal:
    """The most that can be whose research says it is."""
    payments = ledger.payments
    if found.outcome is Outcome.OF_PAYER:
        return paid(e for e in insurers(payments) if e.posting.payer_id == found.payer_id)
    if found.outcome is Outcome.OF_PATIENT:
        theirs = sum(
            (Decimal(e["amount"]) for e in details["shares"] if e["payer_id"] is None), Decimal(0)
        )
        return min(theirs, paid(patients(payments)))
    return found.amount


def whose(found: Found) -> str:
    """Words for a refusal."""
    if found.outcome is Outcome.OF_PATIENT:
        return "the patient’s: what belongs to a payer goes to the payer"
    return "this payer’s"


WAYS = {
    Outcome.OF_PAYER: frozenset({Way.CLAIM_ADJUSTMENT, Way.VOLUNTARY_REFUND, Way.RECOUP}),
    Outcome.OF_PATIENT: frozenset({Way.PATIENT_REFUND}),
}


def check_way(way: Way, outcome: Outcome) -> None:
    """Raises WayRefused unless what was found goes back this way."""
    if outcome not in OVERPAID:
        raise WayRefused(f"“{outcome.label}”: there is nothing to send back.")
    if way not in WAYS[outcome]:
        raise WayRefused(f"“{outcome.label}” does not go back by “{way.label}”.")


def needs_approval(way: Way) -> bool:
    """Whether money leaves by it."""
    return way in PAYING
