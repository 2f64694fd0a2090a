"""Elements of X12 segments as values; what cannot be taken as it stands is refused by name.

Dates and quantities recur a thousandfold in a file, so each spelling is remembered.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.money import AmountRefused, amount, is_amount, quantity

REMEMBERED = 16_384

quantity_of = lru_cache(REMEMBERED)(quantity)


class ElementRefused(DomainError):
    """An element cannot be taken. The message names the element and why, never its value."""

    code = "element_refused"

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = reason_code


def named(elements: Sequence[str], index: int) -> str:
    """What X12 calls an element: CLP03."""
    return f"{elements[0]}{index:02d}"


def money(elements: Sequence[str], index: int) -> Decimal:
    """A required amount. Raises ElementRefused."""
    try:
        said = elements[index]
        return Decimal(said) if is_amount(said) else amount(said)
    except (AmountRefused, IndexError) as refusal:
        raise not_an_amount(elements, index, refusal) from None


def not_an_amount(elements: Sequence[str], index: int, refusal: Exception) -> ElementRefused:
    """Why an element is no amount."""
    if index >= len(elements) or not elements[index]:
        return ElementRefused("amount_missing", f"{named(elements, index)} is empty, not an amount")
    return ElementRefused("amount", f"{named(elements, index)} {refusal}")


def optional_money(elements: Sequence[str], index: int) -> Decimal | None:
    """An amount that may be left out. Raises ElementRefused."""
    if index >= len(elements) or not elements[index]:
        return None
    return money(elements, index)


def optional_quantity(elements: Sequence[str], index: int) -> Decimal | None:
    """A quantity that may be left out. Raises ElementRefused."""
    if index >= len(elements) or not elements[index]:
        return None
    try:
        return quantity_of(elements[index])
    except AmountRefused as refusal:
        raise ElementRefused("quantity", f"{named(elements, index)} {refusal}") from None


@lru_cache(REMEMBERED)
def day(said: str) -> date | None:
    """A date as CCYYMMDD or YYMMDD, or the first of a range; None when it is none."""
    digits = said.split("-", 1)[0]
    if len(digits) == 6 and digits.isdecimal():
        digits = ("20" if digits < "70" else "19") + digits
    if len(digits) != 8 or not (digits.isascii() and digits.isdecimal()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
