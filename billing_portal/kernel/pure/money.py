"""Exact money: parsing without surprise, formatting without float.

Amounts have at most 12 digits before and 2 after the point, quantities and unit prices 12 and 6.
Nothing is ever rounded on the way in: what does not fit is refused.
"""

import re
from decimal import Decimal

from billing_portal.kernel.pure.errors import DomainError

PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")
ZERO = Decimal("0.00")
CENT = Decimal("0.01")


class AmountRefused(DomainError):
    """The text is not an amount that can be kept exactly."""

    code = "amount_refused"


def exact(text: str, *, whole_digits: int, places: int) -> Decimal:
    """Read a plain decimal number exactly. Raises AmountRefused; never rounds."""
    if not PLAIN.fullmatch(text):
        raise AmountRefused("is not a plain decimal number")
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        value = value.normalize()
        if -int(value.as_tuple().exponent) > places:
            raise AmountRefused(f"has more than {places} decimal places")
    if abs(value) >= Decimal(10) ** whole_digits:
        raise AmountRefused(f"has more than {whole_digits} digits before the point")
    return value


def amount(text: str) -> Decimal:
    """Read an amount of money, (14,2). Raises AmountRefused."""
    return exact(text, whole_digits=12, places=2)


def quantity(text: str) -> Decimal:
    """Read a quantity or unit price, (18,6). Raises AmountRefused."""
    return exact(text, whole_digits=12, places=6)


def plain(value: Decimal) -> str:
    """An amount as text with two decimals, for JSON and files: 1234.50."""
    return f"{value.quantize(CENT):f}"
