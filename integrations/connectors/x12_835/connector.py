"""The 835 connector: bytes of a file in, remittance facts out."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from integrations.connectors.x12_835.reader import read
from integrations.ports.protocols import Event


class Connector835:
    """Reads remittances as clearinghouses and payers send them."""

    key: ClassVar[str] = "x12_835"
    label: ClassVar[str] = "X12 835 remittance"

    def read(self, chunks: Iterable[bytes]) -> Iterator[Event]:
        """The facts of a file, in its order, in constant memory. Never raises on content."""
        return read(chunks)
