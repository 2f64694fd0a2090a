"""The cXML connector: the bytes of a message in, an invoice or order out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

from integrations.connectors.cxml.invoices import invoice_of
from integrations.connectors.cxml.orders import order_of
from integrations.ports.documents import read_xml
from integrations.ports.elements import ElementRefused
from integrations.ports.protocols import Event
from integrations.ports.purchasing import DocumentFact
from integrations.ports.xml import Node

READERS: Mapping[str, Callable[[Node, Node], DocumentFact]] = {
    "InvoiceDetailRequest": invoice_of,
    "OrderRequest": order_of,
}


class ConnectorCXML:
    """Reads what vendors bill and what we ordered. Credentials in a message are not looked at."""

    key: ClassVar[str] = "cxml"
    label: ClassVar[str] = "cXML invoice or order"

    def read(self, chunks: Iterable[bytes]) -> Iterator[Event]:
        """The document of a message, or why it cannot be taken. Never raises on content."""
        return read_xml(chunks, document_of)


def document_of(root: Node) -> DocumentFact:
    """What a message asks for. Raises ElementRefused."""
    if str(root.tag) != "cXML":
        raise ElementRefused("kind", "The file is no cXML message.")
    asked = root.find("Request/*")
    if asked is None:
        raise ElementRefused("kind", "The cXML message asks for nothing: it holds no Request.")
    reader = READERS.get(str(asked.tag))
    if reader is None:
        raise ElementRefused("kind", f"A cXML {asked.tag} is neither invoice nor order.")
    return reader(root, asked)
