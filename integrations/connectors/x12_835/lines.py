"""Adjustments (CAS) and service lines (SVC)."""

from datetime import date
from decimal import Decimal

from integrations.connectors.x12_835.elements import (
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


class Adjusted:
    """Something that CAS segments stand on: a claim or a line."""

    adjustments: tuple[AdjustmentFact, ...] = ()
    adjusted = ZERO
    owed = ZERO
    remarks: tuple[RemarkFact, ...] = ()

    def __init__(self) -> None:
        self.dates: dict[str, date | None] = {}

    def adjust(self, elements: list[str]) -> None:
        """One CAS: up to six triplets of reason, amount, quantity. Raises ElementRefused."""
        group = elements[1] if len(elements) > 1 else ""
        if group not in GROUPS:
            raise ElementRefused("adjustment_group", "CAS01 is no adjustment group")
        size = len(elements)
        for at in range(2, size, 3):
            reason = elements[at]
            if reason:
                value = money(elements, at + 1)
                count = optional_quantity(elements, at + 2) if at + 2 < size else None
                self.adjustments += (AdjustmentFact(group, reason, value, count),)
                self.adjusted += value
                if group == "PR":
                    self.owed += value
            elif optional_money(elements, at + 1):
                where = named(elements, at)
                raise ElementRefused("adjustment_reason", f"{where} names no reason for an amount")


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
        charge = money(svc, 2)
        paid = money(svc, 3) if len(svc) > 3 and svc[3] else ZERO
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
