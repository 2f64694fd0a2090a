"""Adjustments (CAS) and service lines (SVC)."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from integrations.connectors.x12_835.elements import (
    REMEMBERED,
    ElementRefused,
    money,
    named,
    optional_money,
    optional_quantity,
)
from integrations.ports.facts import AdjustmentFact, RemarkFact, ServiceLineFact

GROUPS = frozenset({"CO", "PR", "OA", "PI", "CR"})
SERVICE, SERVICE_FROM, SERVICE_TO = "472", "150", "151"
ZERO = Decimal(0)


class Cas(NamedTuple):
    """One CAS segment read: its facts, what they sum to, and how much of that the patient owes."""

    facts: tuple[AdjustmentFact, ...]
    total: Decimal
    owed: Decimal


@lru_cache(REMEMBERED)
def cas_of(raw: str, element: str) -> Cas:
    """The up to six triplets of one CAS: reason, amount, quantity. Raises ElementRefused."""
    elements = raw.split(element)
    group = elements[1] if len(elements) > 1 else ""
    if group not in GROUPS:
        raise ElementRefused("adjustment_group", "CAS01 is no adjustment group")
    found, total = [], ZERO
    for at in range(2, len(elements), 3):
        if elements[at]:
            value, count = money(elements, at + 1), optional_quantity(elements, at + 2)
            found.append(AdjustmentFact(group, elements[at], value, count))
            total += value
        elif optional_money(elements, at + 1):
            where = named(elements, at)
            raise ElementRefused("adjustment_reason", f"{where} names no reason for an amount")
    return Cas(tuple(found), total, total if group == "PR" else ZERO)


class Adjusted:
    """Something that CAS segments stand on: a claim or a line."""

    adjustments: tuple[AdjustmentFact, ...] = ()
    adjusted = ZERO
    owed = ZERO
    remarks: tuple[RemarkFact, ...] = ()

    def __init__(self) -> None:
        self.dates: dict[str, date | None] = {}

    def adjust(self, raw: str, element: str) -> None:
        """Take one CAS. Raises ElementRefused."""
        facts, total, owed = cas_of(raw, element)
        self.adjustments += facts
        self.adjusted += total
        self.owed += owed


class LineBuilder(Adjusted):
    """Collects what the segments of one SVC loop say."""

    control_number = ""
    allowed: Decimal | None = None

    def __init__(self, svc: list[str], position: int, component: str) -> None:
        self.dates = {}
        self.svc = svc
        self.position = position
        self.service = svc[1].split(component) if len(svc) > 1 else [""]

    def build(self, ordinal: int) -> ServiceLineFact:
        """The line. Raises ElementRefused when it does not balance: SVC02 less its CAS is SVC03."""
        svc, service, dates = self.svc, self.service, self.dates
        charge, paid = money(svc, 2), optional_money(svc, 3) or ZERO
        if charge - self.adjusted != paid:
            raise ElementRefused(
                "line_unbalanced",
                f"SVC03 says {paid} was paid, but the charge {charge} less adjustments"
                f" {self.adjusted} is {charge - self.adjusted}",
            )
        started = dates.get(SERVICE) or dates.get(SERVICE_FROM)
        return ServiceLineFact(
            ordinal,
            service[0],
            service[1] if len(service) > 1 else "",
            tuple(filter(None, service[2:6])),
            svc[4] if len(svc) > 4 else "",
            charge,
            paid,
            self.allowed,
            optional_quantity(svc, 5),
            started,
            dates.get(SERVICE_TO) or started,
            self.control_number,
            self.adjustments,
            self.remarks,
        )
