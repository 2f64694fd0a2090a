"""A credit balance as its case's page shows it: the ledger that ties out, and how far it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from cases.types.refund import queries
from cases.types.refund.federal import FederalClock, Rule, clock_of
from cases.types.refund.models import FederalAct, RefundCheck, Research, Return
from cases.types.refund.vocabulary import Way
from cases.web.presenters import shown_money
from cases.work.models import Case
from integrations.canonical.models import LedgerEntry

PAIRED = {
    Way.RECOUP: "The payer’s remittance is expected to show a WO of this amount, and an FB if it"
    " carries some forward.",
    Way.VOLUNTARY_REFUND: "The payer is expected to acknowledge it by a WO and a 72 that pair.",
}


def credit(case: Case, _reader: User) -> Mapping[str, Any]:
    """For the case's page."""
    return {"card": CreditCard(case)}


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry with the balance after it."""

    on: date
    kind: str
    payer: str
    detail: str
    amount: str
    balance: str
    poster: str


def running(rows: Iterable[LedgerEntry], currency: str) -> Iterator[EntryLine]:
    """The entries of one account in the order given, each with the balance after it."""
    balance = Decimal("0.00")
    for row in rows:
        balance += row.amount
        yield EntryLine(
            on=row.posted_on,
            kind=row.get_kind_display(),
            payer=row.payer.name if row.payer else "",
            detail=" · ".join(filter(None, (row.line and f"line {row.line}", row.tender))),
            amount=shown_money(row.amount, currency),
            balance=shown_money(balance, currency),
            poster=row.posted_by,
        )


@dataclass(frozen=True, slots=True)
class Amount:
    """A name and an amount."""

    name: str
    amount: str


class CreditCard:
    """One credit balance."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def entries(self) -> list[EntryLine]:
        """The account's entries in the order of their days, each with the balance after it."""
        rows = LedgerEntry.objects.filter(account=self.case.account_id).select_related("payer")
        return list(running(rows.order_by("posted_on", "pk"), self.case.currency))

    @property
    def balance(self) -> str:
        """As stated."""
        return self.money(Decimal(self.case.details["balance"]))

    @property
    def ties_out(self) -> bool:
        """Whether the shown entries come to the stated balance."""
        return bool(self.entries) and self.entries[-1].balance == self.balance

    @property
    def suspicions(self) -> list[Amount]:
        """Why."""
        return [self.amount(e["words"], e["amount"]) for e in self.case.details["suspicions"]]

    @property
    def shares(self) -> list[Amount]:
        """Whose it seems, in the order in which it is given back."""
        return [self.amount(e["name"], e["amount"]) for e in self.case.details["shares"]]

    @cached_property
    def research(self) -> Research | None:
        """What was found."""
        return queries.research_of(self.case)

    @cached_property
    def chosen(self) -> Return | None:
        """By which way it goes back."""
        return queries.return_of(self.case)

    @property
    def found(self) -> str:
        """How much, in words."""
        return self.money(self.research.amount) if self.research else ""

    @property
    def expected(self) -> str:
        """What closes it."""
        return PAIRED.get(Way(self.chosen.way), "") if self.chosen else ""

    @property
    def is_federal(self) -> bool:
        """Whether the government's law is over it."""
        return bool(self.case.details["is_federal"])

    @cached_property
    def acts(self) -> list[FederalAct]:
        """What is signed, oldest first."""
        return list(
            FederalAct.objects.filter(case=self.case)
            .select_related("signed_by")
            .order_by("on", "pk")
        )

    @cached_property
    def clock(self) -> FederalClock | None:
        """The clock, once it is identified."""
        return clock_of(queries.acts_of(self.case))

    @cached_property
    def rule(self) -> Rule | None:
        """The law on its payer's class."""
        payer_class = self.case.payer.payer_class if self.case.payer else ""
        clock = self.clock
        return queries.federal_rule(payer_class, on=clock.identified_on) if clock else None

    @property
    def due_on(self) -> date | None:
        """By when it is to be returned."""
        return self.clock.due_on(self.rule) if self.clock and self.rule else None

    @property
    def looks_back_to(self) -> date | None:
        """From when on payments are to be returned."""
        return self.clock.looks_back_to(self.rule) if self.clock and self.rule else None

    @property
    def is_suspended(self) -> bool:
        """Whether an investigation holds the days still."""
        clock, rule = self.clock, self.rule
        return bool(clock and rule and clock.is_suspended(rule, on=house_day(timezone.now())))

    @cached_property
    def awaits_check(self) -> bool:
        """Whether a refund was approved of which no check is kept yet."""
        return queries.carried_out(self.case).filter(check_sent=None).exists()

    @property
    def has_checks(self) -> bool:
        """Whether there is anything to say of checks."""
        return self.awaits_check or bool(self.checks)

    @cached_property
    def checks(self) -> list[Amount]:
        """The checks that were sent."""
        return [
            Amount(
                f"Check {each.number}, {each.get_status_display().lower()}",
                self.money(each.amount),
            )
            for each in RefundCheck.objects.filter(case=self.case).order_by("pk")
        ]

    def amount(self, name: str, amount: str) -> Amount:
        """A stored amount with its name."""
        return Amount(name, self.money(Decimal(amount)))

    def money(self, amount: Decimal) -> str:
        """In the case's currency."""
        return shown_money(amount, self.case.currency)
