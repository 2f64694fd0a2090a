"""From a template and its amounts to the two sides of a voucher. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.money import ZERO


class AmountsRefused(DomainError):
    """The amounts are not those that the template books, or there is nothing to book."""

    code = "amounts_refused"


class Line(Protocol):
    """What a template says of one named amount."""

    @property
    def amount(self) -> str:
        """Its name."""

    @property
    def debit(self) -> str:
        """The role that it is debited to."""

    @property
    def credit(self) -> str:
        """The role that it is credited to."""

    @property
    def is_signed(self) -> bool:
        """Whether it may be negative."""

    @property
    def ties(self) -> bool:
        """Whether it is part of what was decided."""


def compose(lines: Iterable[Line], amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What each role is debited, negative: credited; the sum is zero, none of them is.

    In the order of the template. An amount that is not given is none. Raises AmountsRefused for an
    amount that the template does not know, a negative one that is not signed, and for nothing.
    """
    held = list(lines)
    foreign = sorted(set(amounts) - {line.amount for line in held})
    if foreign:
        message = f"The template books no amount called {', '.join(foreign)}."
        raise AmountsRefused(message)
    net: dict[str, Decimal] = {}
    for line in held:
        amount = amounts.get(line.amount, ZERO)
        if amount < 0 and not line.is_signed:
            message = f"The amount “{line.amount}” is never negative."
            raise AmountsRefused(message)
        net[line.debit] = net.get(line.debit, ZERO) + amount
        net[line.credit] = net.get(line.credit, ZERO) - amount
    booked = {role: amount for role, amount in net.items() if amount}
    if not booked:
        message = "There is nothing to book: every amount is zero."
        raise AmountsRefused(message)
    return booked


def tied_of(lines: Iterable[Line], amounts: Mapping[str, Decimal]) -> Decimal:
    """What of the amounts was decided: the rest, as a reserve released beside it, follows."""
    return sum((amounts.get(line.amount, ZERO) for line in lines if line.ties), start=ZERO)
