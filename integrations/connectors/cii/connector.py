"""The CII connector: the bytes of a document in, an invoice or credit note out."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from integrations.connectors.cii.invoices import invoice_of
from integrations.ports.documents import read_xml
from integrations.ports.protocols import Event


class ConnectorCII:
    """Reads what vendors bill."""

    key: ClassVar[str] = "cii"
    label: ClassVar[str] = "UN/CEFACT Cross Industry Invoice"

    def read(self, chunks: Iterable[bytes]) -> Iterator[Event]:
        """The document of a file, or why it cannot be taken. Never raises on content."""
        return read_xml(chunks, invoice_of)
