"""What the segments of one loop say: a claim's own (CLP) or one of its service lines' (SVC).

Both hold the same kinds of segments, so both are read by the same hand.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from billing_portal.kernel.pure.money import is_amount
from integrations.ports.elements import (
    ElementRefused,
    day,
    money,
    named,
    optional_money,
    optional_quantity,
)
from integrations.ports.facts import AdjustmentFact, PartyFact, RemarkFact, RemarkPlace
from integrations.ports.x12 import text

GROUPS = frozenset({"CO", "PR", "OA", "PI", "CR"})
LINE_NUMBER, GROUP_NUMBER = "6R", "1L"
PATIENTS_SHARE = "PR"
ALLOWED = "B6"
NM1_SIZE = 10
ZERO = Decimal(0)
REMARKS = {
    "MIA": ((5, 20, 21, 22, 23), RemarkPlace.INPATIENT),
    "MOA": ((3, 4, 5, 6, 7), RemarkPlace.OUTPATIENT),
}
fact = tuple.__new__  # makes a NamedTuple in a third of the time that its own call takes


class Loop:
    """Collects what the segments say that follow the one a loop opens with, a method a kind."""

    __slots__ = (
        "adjusted",
        "adjustments",
        "allowed",
        "dates",
        "group_number",
        "line_number",
        "opening",
        "owed",
        "parties",
        "position",
        "remarks",
        "warnings",
    )

    def __init__(self, opening: list[str], position: int) -> None:
        self.opening, self.position = opening, position
        self.adjusted = self.owed = ZERO
        self.adjustments: list[AdjustmentFact] = []
        self.allowed: Decimal | None = None
        self.dates: dict[str, date | None] = {}
        self.group_number = self.line_number = ""
        self.parties: dict[str, PartyFact] = {}
        self.remarks: tuple[RemarkFact, ...] = ()
        self.warnings: tuple[str, ...] = ()

    def take_cas(self, said: list[str]) -> None:
        """One CAS: up to six triplets of reason, amount, quantity. Raises ElementRefused."""
        group = said[1] if len(said) > 1 else ""
        if group not in GROUPS:
            raise ElementRefused("adjustment_group", "CAS01 is no adjustment group")
        size = len(said)
        for at in range(2, size, 3):
            reason = said[at]
            if reason:
                spelt = said[at + 1] if at + 1 < size else ""
                value = Decimal(spelt) if is_amount(spelt) else money(said, at + 1)
                count = optional_quantity(said, at + 2) if at + 2 < size else None
                self.adjustments.append(fact(AdjustmentFact, (group, reason, value, count)))
                self.adjusted += value
                if group == PATIENTS_SHARE:
                    self.owed += value
            elif optional_money(said, at + 1):
                where = named(said, at)
                raise ElementRefused("adjustment_reason", f"{where} names no reason for an amount")

    def take_dtm(self, said: list[str]) -> None:
        """A date, by its qualifier; what is none is warned of."""
        if len(said) > 2:
            self.dates[said[1]] = when = day(said[2])
            if when is None:
                self.warnings += (f"DTM02 with qualifier {said[1][:3]} is no date.",)

    def take_ref(self, said: list[str]) -> None:
        """A line's control number, or a claim's group number."""
        if len(said) > 2:
            if said[1] == LINE_NUMBER:
                self.line_number = said[2]
            elif said[1] == GROUP_NUMBER:
                self.group_number = said[2]

    def take_nm1(self, said: list[str]) -> None:
        """A party; the first of each role counts."""
        if len(said) < NM1_SIZE:
            said += [""] * (NM1_SIZE - len(said))
        role = said[1]
        if role not in self.parties:
            name, given = said[3], said[4]
            if not (name.isascii() and given.isascii()):
                name, given = text(name), text(given)
            self.parties[role] = fact(PartyFact, (role, name, given, said[8], said[9].strip()))

    def take_amt(self, said: list[str]) -> None:
        """What the payer allowed (AMT*B6). Raises ElementRefused."""
        if len(said) > 1 and said[1] == ALLOWED:
            self.allowed = optional_money(said, 2)

    def take_lq(self, said: list[str]) -> None:
        """A remark (LQ*HE)."""
        if len(said) > 2 and said[1] == "HE" and said[2]:
            self.remarks += (RemarkFact(said[2], RemarkPlace.LINE),)

    def take_remarks(self, said: list[str]) -> None:
        """Remarks of an inpatient claim (MIA05, MIA20 to MIA23) or another (MOA03 to MOA07)."""
        elements, place = REMARKS[said[0]]
        kept = [said[at] for at in elements if at < len(said) and said[at]]
        self.remarks += tuple([RemarkFact(code, place) for code in kept])


TAKES: dict[str, Callable[[Loop, list[str]], None]] = {
    "CAS": Loop.take_cas,
    "DTM": Loop.take_dtm,
    "REF": Loop.take_ref,
    "NM1": Loop.take_nm1,
    "AMT": Loop.take_amt,
    "LQ": Loop.take_lq,
    "MIA": Loop.take_remarks,
    "MOA": Loop.take_remarks,
}
