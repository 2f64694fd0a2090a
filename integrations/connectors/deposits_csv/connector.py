"""The deposits connector: rows of a CSV file in, a bank's lists of deposits out.

One row is one deposit; what belongs to its list (number, account, first and last day, currency,
count and total) stands in every row of it. A list without deposits is one row that names none.
Columns may come in any order.
"""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from integrations.ports.deposits import DepositFact, DepositListFact, unfit
from integrations.ports.documents import IS_CURRENCY, LONGEST, problem
from integrations.ports.elements import ElementRefused
from integrations.ports.protocols import DepositsRead, Event
from integrations.ports.purchasing import bank_digest
from integrations.ports.tables import Row, grouped, require_same, table_of

LIST = ("list", "account", "starts_on", "ends_on", "currency", "count", "total")
DEPOSIT = ("deposit", "deposited_on", "amount", "trace", "payer")


class DepositsCsvConnector:
    """Reads what a bank lists as received."""

    key: ClassVar[str] = "deposits_csv"
    label: ClassVar[str] = "Bank deposits (CSV)"

    def read(self, chunks: Iterable[bytes]) -> Iterator[Event]:
        """The lists of a file, in its order. Never raises on content.

        A list that cannot be taken costs the others nothing.
        """
        try:
            table = table_of(chunks)
            table.require((*LIST, *DEPOSIT))
        except ElementRefused as refusal:
            yield problem(refusal, position=1)
            return
        for rows in grouped(table.rows(), ("account", "list")).values():
            try:
                yield DepositsRead(list_of(rows))
            except ElementRefused as refusal:
                yield problem(refusal, position=rows[0].position)


def list_of(rows: list[Row]) -> DepositListFact:
    """One list, which ties. Raises ElementRefused."""
    require_same(rows, LIST)
    head = rows[0]
    fact = DepositListFact(
        number=required(head, "list"),
        account_digest=bank_digest(required(head, "account")),
        starts_on=head.day("starts_on"),
        ends_on=head.day("ends_on"),
        currency=head.text("currency").upper(),
        count=head.whole("count", default=None) or 0,
        total=head.required_money("total"),
        lines=tuple(deposit_of(row) for row in rows if any(map(row.text, DEPOSIT))),
        position=head.position,
    )
    if not IS_CURRENCY(fact.currency):
        raise ElementRefused("currency", "The list states no currency (ISO 4217).")
    if len({each.number for each in fact.lines}) < len(fact.lines):
        raise ElementRefused("deposit_twice", "Two deposits of the list bear one number.")
    code, why = unfit(fact)
    if code:
        raise ElementRefused(code, why)
    return fact


def deposit_of(row: Row) -> DepositFact:
    """One deposit. Raises ElementRefused."""
    return DepositFact(
        number=required(row, "deposit"),
        deposited_on=row.day("deposited_on"),
        amount=row.required_money("amount"),
        trace=bounded(row, "trace"),
        payer=bounded(row, "payer"),
    )


def required(row: Row, name: str) -> str:
    """A text that must be there. Raises ElementRefused."""
    if not row.text(name):
        raise ElementRefused("missing", f"{row.place(name)} is empty")
    return bounded(row, name)


def bounded(row: Row, name: str) -> str:
    """A text that an index takes. Raises ElementRefused."""
    if len(row.text(name)) > LONGEST:
        raise ElementRefused("too_long", f"{row.place(name)} is longer than {LONGEST} characters")
    return row.text(name)
