"""Which earlier adjudication a reversal takes back: a pure function of all that could be meant.

The answer depends on the set alone, never on the order in which its members became known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Adjudication:
    """What the rule must know of one remitted claim. Amounts are as sent: a reversal's negative.

    `claim` is its canonical claim, `payer` the payer's identifier as sent; `standing` orders
    adjudications from old to new.
    """

    key: int
    is_reversal: bool
    claim: int
    payer: str
    control_number: str
    remittance: int
    paid_on: date | None
    charge: Decimal
    paid: Decimal
    service_from: date | None
    standing: tuple[str, ...]


def pair(adjudications: Iterable[Adjudication]) -> dict[int, int]:
    """Reversal key to the key of what it takes back: each once, the oldest reversal first."""
    members = sorted(adjudications, key=lambda member: member.standing)
    free = [member for member in members if not member.is_reversal]
    pairs: dict[int, int] = {}
    for reversal in members:
        if reversal.is_reversal and (meant := best(reversal, free)):
            pairs[reversal.key] = meant.key
            free.remove(meant)
    return pairs


def best(reversal: Adjudication, free: Sequence[Adjudication]) -> Adjudication | None:
    """The likeliest: by the payer's number first, then the same amounts, then the newest."""
    meant = [member for member in free if may_mean(reversal, member)]
    return max(
        meant,
        default=None,
        key=lambda member: (
            same_control_number(reversal, member),
            member.paid == -reversal.paid,
            member.charge == -reversal.charge,
            member.standing,
        ),
    )


def may_mean(reversal: Adjudication, member: Adjudication) -> bool:
    """Whether it is an earlier payment of the same payer, by CLP07 or by CLP01, date and charge."""
    return (
        member.remittance != reversal.remittance
        and member.payer == reversal.payer
        and (member.paid_on or date.min) <= (reversal.paid_on or date.max)
        and (same_control_number(reversal, member) or same_service(reversal, member))
    )


def same_control_number(one: Adjudication, other: Adjudication) -> bool:
    """Whether the payer gave both the same number."""
    return one.control_number != "" and one.control_number == other.control_number


def same_service(reversal: Adjudication, member: Adjudication) -> bool:
    """Whether both are of one claim, one service date and equal but opposite charges."""
    return (
        member.claim == reversal.claim
        and member.service_from == reversal.service_from
        and member.charge == -reversal.charge
    )
