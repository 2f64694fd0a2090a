"""The money trace as plain values for its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from billing_portal.accounts.models import User
from cases.insights.tracing import Tie, Trace
from cases.web.presenters import shown_money
from cases.web.verbmenu import Button, reversal_of


@dataclass(frozen=True, slots=True)
class TieShown:
    """One row: two amounts beside each other; `gap` is empty when they are the same."""

    stage: str
    one: str
    amount: str
    other: str
    found: str
    gap: str


@dataclass(frozen=True, slots=True)
class MoneyPage:
    """All that the page shows of a trace to one reader."""

    trace: Trace
    reader: User

    @property
    def reverse(self) -> Button | None:
        """Taking a voucher back, if the reader may."""
        return reversal_of(self.trace.case, reader=self.reader)

    @property
    def rows(self) -> Iterator[TieShown]:
        """The steps in the order of the money; a stage names itself once."""
        for stage, ties in groupby(self.trace.ties, key=attrgetter("stage")):
            for number, tie in enumerate(ties):
                yield self.row(tie, label="" if number else stage.label)

    def row(self, tie: Tie, *, label: str) -> TieShown:
        """One step in words."""
        gap = self.money(tie.gap) if tie.gap else ""
        return TieShown(
            label, tie.one, self.money(tie.amount), tie.other, self.money(tie.found), gap
        )

    @property
    def transit(self) -> list[tuple[str, str, str]]:
        """What is under way: the event, the amount, how far it is."""
        return [(each.event, self.money(each.amount), each.words) for each in self.trace.transit]

    @property
    def unexplained(self) -> str:
        """What no step explains."""
        return self.money(self.trace.unexplained)

    @property
    def ties_out(self) -> bool:
        """Whether nothing is unexplained."""
        return not self.trace.unexplained

    def money(self, amount: Decimal) -> str:
        """An amount in the case's currency."""
        return shown_money(amount, self.trace.currency)
