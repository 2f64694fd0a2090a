"""The 277CA connector: bytes of a file in, acknowledgements out."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from integrations.connectors.x12_277ca.reader import read
from integrations.ports.protocols import Event


class Connector277CA:
    """Reads what payers and clearinghouses report of the claims they were sent."""

    key: ClassVar[str] = "x12_277ca"
    label: ClassVar[str] = "X12 277CA claim acknowledgement"

    def read(self, chunks: Iterable[bytes]) -> Iterator[Event]:
        """The facts of a file, in its order, in constant memory. Never raises on content."""
        return read(chunks)
