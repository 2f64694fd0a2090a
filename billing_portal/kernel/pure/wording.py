"""How amounts, spans and sizes read on a page. Pure: no settings, no clock."""

from datetime import timedelta
from decimal import Decimal

from billing_portal.kernel.pure.money import CENT

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
SPANS = (("d", 86_400), ("h", 3_600), ("m", 60))
SCALES = ((Decimal(1_000_000_000), "B"), (Decimal(1_000_000), "M"), (Decimal(1_000), "K"))


def money(amount: Decimal, currency: str, *, base: str = "USD") -> str:
    """An amount in the accounting style: "$1,328.65", "($12.00)"; a foreign one "EUR 12.00"."""
    digits = f"{abs(amount).quantize(CENT):,f}"
    marked = (
        f"{SYMBOLS.get(base, base + ' ')}{digits}" if currency == base else f"{currency} {digits}"
    )
    return f"({marked})" if amount < 0 else marked


def short_money(amount: Decimal, currency: str, *, base: str = "USD") -> str:
    """An amount rounded for a headline, three digits: "$3.99M", "$12.4K"."""
    for scale, letter in SCALES:
        if abs(amount) >= scale:
            value = abs(amount) / scale
            places = 2 if value < 10 else 1 if value < 100 else 0
            text = money(Decimal(0), currency, base=base).replace(
                "0.00", f"{value:.{places}f}{letter}"
            )
            return f"({text})" if amount < 0 else text
    return money(amount, currency, base=base)


def two_units(span: timedelta) -> str:
    """A span in at most two units, its sign left out: "7d 2h", "3h 46m", "12m"."""
    rest = abs(int(span.total_seconds()))
    parts: list[str] = []
    for letter, size in SPANS:
        count, rest = divmod(rest, size)
        if count or parts or letter == "m":
            parts.append(f"{count}{letter}")
    return " ".join(parts[:2])


def counted(count: int, cap: int) -> str:
    """A count that stops at a cap: "742", "1,000+"."""
    return f"{cap:,}+" if count > cap else f"{count:,}"
