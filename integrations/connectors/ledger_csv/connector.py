"""The ledger connector: bytes of a CSV file in, accounts with their entries out."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from integrations.connectors.ledger_csv.reader import read
from integrations.ports.protocols import Event


class LedgerCsvConnector:
    """Reads what a patient accounting system exports of its accounts."""

    key: ClassVar[str] = "ledger_csv"
    label: ClassVar[str] = "Patient account ledger (CSV)"

    def read(self, chunks: Iterable[bytes]) -> Iterator[Event]:
        """The facts of a file, in its order, in constant memory. Never raises on content."""
        return read(chunks)
