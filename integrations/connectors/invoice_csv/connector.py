"""The CSV connector: rows in, invoices, orders or receipts out. One row is one line."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from integrations.connectors.invoice_csv.documents import READERS
from integrations.connectors.invoice_csv.rows import sheet_of
from integrations.ports.documents import DocumentRead, problem, read_of
from integrations.ports.elements import ElementRefused
from integrations.ports.protocols import Event, MessageProblem
from integrations.ports.tables import Row, grouped


class ConnectorCSV:
    """Reads documents from a table: its first row says which kind, and where each thing stands."""

    key: ClassVar[str] = "invoice_csv"
    label: ClassVar[str] = "Invoices, orders or receipts as CSV"

    def read(self, chunks: Iterable[bytes]) -> Iterator[Event]:
        """The documents of a file, in its order. Never raises on content.

        Rows of one document stand together or apart; what cannot be taken costs the others nothing.
        """
        try:
            kind, table = sheet_of(chunks)
        except ElementRefused as refusal:
            yield problem(refusal, position=1)
            return
        for rows in grouped(table.rows(), kind.key).values():
            yield document_of(kind.number, rows)


def document_of(kind: str, rows: list[Row]) -> DocumentRead | MessageProblem:
    """One document, or why it cannot be taken."""
    try:
        return read_of(READERS[kind](rows))
    except ElementRefused as refusal:
        return problem(refusal, position=rows[0].position)
