"""What a message comes to: counts and sums of its claims, added up part by part.

`claims` are those read, duplicates included, set-aside ones not; `lines`, `charge`, `paid` and
`reversals` are of those. Amounts are in the currency of what was added up, reversals negative.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.ports.facts import (
    PREDETERMINATION_STATUS,
    REVERSAL_STATUS,
    AdjustmentFact,
    RemittedClaimFact,
    places_of,
)

ZERO = Decimal("0.00")
NEVER_DENIED = frozenset({REVERSAL_STATUS, PREDETERMINATION_STATUS})
COUNTS = (
    "transactions",
    "claims",
    "lines",
    "reversals",
    "unbalanced_transactions",
    "duplicates",
    "set_aside",
)
SUMS = ("charge", "paid", "plb_total")


@dataclass(frozen=True, slots=True)
class Shape:
    """All of a decision that says whether it is a denial.

    Its day, whether anything was paid, and the adjustments (“CO-197”) that hold money back: many
    claims share one shape.
    """

    paid_on: date | None
    is_paid: bool
    adjustments: tuple[str, ...]

    def as_text(self) -> str:
        """For a JSON key: 2026-03-02|0|CO-197 CO-45."""
        day = self.paid_on.isoformat() if self.paid_on else ""
        return f"{day}|{int(self.is_paid)}|{' '.join(self.adjustments)}"

    @classmethod
    def from_text(cls, text: str) -> "Shape":
        """The reverse."""
        day, is_paid, adjustments = text.split("|", 2)
        return cls(
            paid_on=date.fromisoformat(day) if day else None,
            is_paid=is_paid == "1",
            adjustments=tuple(adjustments.split()),
        )


@dataclass(slots=True)
class Totals:
    """A running sum. `set_aside` counts claims and pieces that wait for a person."""

    transactions: int = 0
    claims: int = 0
    lines: int = 0
    reversals: int = 0
    unbalanced_transactions: int = 0
    duplicates: int = 0
    set_aside: int = 0
    charge: Decimal = ZERO
    paid: Decimal = ZERO
    plb_total: Decimal = ZERO
    shapes: Counter[Shape] = field(default_factory=Counter)

    def take(self, fact: RemittedClaimFact, *, paid_on: date | None, times: int = 1) -> None:
        """Count one claim in; with `times=-1`, out again."""
        self.claims += times
        self.lines += times * len(fact.lines)
        self.charge += times * fact.charge
        self.paid += times * fact.paid
        self.reversals += times * fact.is_reversal
        if fact.status_code not in NEVER_DENIED:
            self.shapes[shape_of(fact, paid_on)] += times

    def add(self, other: "Totals") -> None:
        """Add another sum to this one."""
        for name in (*COUNTS, *SUMS):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.shapes.update(other.shapes)

    def as_json(self) -> dict[str, Any]:
        """For a JSON column: amounts as text with two decimals."""
        counts: dict[str, Any] = {name: getattr(self, name) for name in COUNTS}
        sums = {name: f"{getattr(self, name):.2f}" for name in SUMS}
        shapes = {shape.as_text(): count for shape, count in self.shapes.items() if count}
        return counts | sums | {"shapes": shapes}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Totals":
        """The reverse; what is not there is zero."""
        totals = cls()
        for name in COUNTS:
            setattr(totals, name, int(stored.get(name, 0)))
        for name in SUMS:
            setattr(totals, name, Decimal(stored.get(name, ZERO)))
        for text, count in stored.get("shapes", {}).items():
            totals.shapes[Shape.from_text(text)] = count
        return totals


def shape_of(fact: RemittedClaimFact, paid_on: date | None) -> Shape:
    """A claim's shape."""
    codes = {f"{cas.group}-{cas.carc}" for cas in holding_back(fact)}
    return Shape(paid_on, is_paid=fact.paid != 0, adjustments=tuple(sorted(codes)))


def holding_back(fact: RemittedClaimFact) -> Iterator[AdjustmentFact]:
    """The adjustments that lower a payment, and those of zero where nothing was paid."""
    for place in places_of(fact):
        for cas in place.adjustments:
            if cas.amount > 0 or (cas.amount == 0 and place.paid == 0):
                yield cas
