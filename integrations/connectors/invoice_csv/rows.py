"""Which kind of document a CSV file holds, by the names of its columns."""

from collections.abc import Iterable
from dataclasses import dataclass

from integrations.ports.elements import ElementRefused
from integrations.ports.tables import Table, table_of


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: the column that numbers it, those that name it, those it must have."""

    number: str
    key: tuple[str, ...]
    needs: frozenset[str]


KINDS = (
    Kind("receipt_number", ("receipt_number",), frozenset({"order_number", "received_on"})),
    Kind(
        "invoice_number",
        ("vendor", "kind", "invoice_number"),
        frozenset({"vendor", "issued_on", "total", "amount"}),
    ),
    Kind(
        "order_number",
        ("order_number", "version"),
        frozenset({"vendor", "ordered_on", "quantity", "price"}),
    ),
)


def sheet_of(chunks: Iterable[bytes]) -> tuple[Kind, Table]:
    """A file's kind and its table. Raises ElementRefused."""
    table = table_of(chunks)
    kind = next((each for each in KINDS if each.number in table.columns), None)
    if kind is None:
        why = "The first row names neither invoice_number, order_number nor receipt_number."
        raise ElementRefused("columns", why)
    table.require(kind.needs)
    return kind, table
