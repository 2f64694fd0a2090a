"""Exact money: parsing without surprise, formatting without float.

Amounts have at most 12 digits before and 2 after the point, quantities and unit prices 12 and 6.
Nothing is ever rounded on the way in: what does not fit is refused.
"""

import re
from decimal import Decimal

from billing_portal.kernel.pure.errors import DomainError

PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
is_amount = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,2})?").fullmatch  # as nearly all are spelt
is_quantity = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?").fullmatch
ZERO = Decimal("0.00")
CENT = Decimal("0.01")
WHOLE_DIGITS = 12


class AmountRefused(DomainError):
    """The text is not an amount that can be kept exactly."""

    code = "amount_refused"


def amount(text: str) -> Decimal:
    """Read an amount of money, (14,2). Raises AmountRefused; never rounds."""
    return Decimal(text) if is_amount(text) else longer(text, places=2)


def quantity(text: str) -> Decimal:
    """Read a quantity or unit price, (18,6). Raises AmountRefused; never rounds."""
    return Decimal(text) if is_quantity(text) else longer(text, places=6)


def longer(text: str, *, places: int) -> Decimal:
    """A number written with more digits than it needs (010.500); or the reason to refuse it."""
    if not PLAIN.fullmatch(text):
        raise AmountRefused("is not a plain decimal number")
    whole, _, fraction = text.lstrip("+-").partition(".")
    if len(fraction.rstrip("0")) > places:
        raise AmountRefused(f"has more than {places} decimal places")
    if len(whole.lstrip("0")) > WHOLE_DIGITS:
        raise AmountRefused(f"has more than {WHOLE_DIGITS} digits before the point")
    sign = "-" if text.startswith("-") else ""
    return Decimal(f"{sign}{whole.lstrip('0') or '0'}.{fraction.rstrip('0') or '0'}")


def plain(value: Decimal) -> str:
    """An amount as text with two decimals, for JSON and files: 1234.50."""
    return f"{value.quantize(CENT):f}"
