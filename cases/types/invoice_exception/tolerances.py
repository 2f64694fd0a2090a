"""How much may differ before it is an exception. Pure.

A tolerance allows the lower of its percentage and its amount: the greater of the two would let
large lines leak. Of several that fit, the most specific holds: the vendor's own, then its
category's, then the site's, then everybody's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.types.invoice_exception.vocabulary import Direction, Measure

HUNDRED = Decimal(100)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """One tolerance: `percent` of what is expected and `amount` in `currency`; None: no limit.

    A scope that is None or empty fits everything. `valid_to` is exclusive.
    """

    pk: int
    measure: Measure
    direction: Direction
    percent: Decimal | None
    amount: Decimal | None
    currency: str
    valid_from: date
    valid_to: date | None
    vendor_id: int | None = None
    category: str = ""
    facility_id: int | None = None

    def limit(self, expected: Decimal) -> Decimal:
        """What may differ from what is expected: the lower of its limits; nought if it has none."""
        limits = [] if self.amount is None else [self.amount]
        if self.percent is not None:
            limits.append(abs(expected) * self.percent / HUNDRED)
        return min(limits, default=ZERO)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose invoice it is, in which currency, of which day."""

    vendor_id: int
    category: str
    facility_id: int
    currency: str
    on: date


def allowed(
    rows: Iterable[Allowance],
    *,
    measure: Measure,
    direction: Direction,
    expected: Decimal,
    scope: Scope,
) -> tuple[Decimal, int | None]:
    """How much may differ, and by which tolerance; without one nothing may."""
    fitting = [
        row
        for row in rows
        if row.measure is measure and row.direction is direction and fits(row, scope)
    ]
    if not fitting:
        return ZERO, None
    chosen = max(fitting, key=lambda row: (specificity(row), row.valid_from, row.pk))
    return chosen.limit(expected), chosen.pk


def fits(row: Allowance, scope: Scope) -> bool:
    """Whether a tolerance is for such an invoice, on its day and in its currency."""
    return (
        row.vendor_id in {None, scope.vendor_id}
        and row.category in {"", scope.category}
        and row.facility_id in {None, scope.facility_id}
        and row.currency == scope.currency
        and row.valid_from <= scope.on
        and (row.valid_to is None or scope.on < row.valid_to)
    )


def specificity(row: Allowance) -> tuple[bool, bool, bool]:
    """How narrow a tolerance is: by vendor, by category, by site."""
    return row.vendor_id is not None, bool(row.category), row.facility_id is not None
