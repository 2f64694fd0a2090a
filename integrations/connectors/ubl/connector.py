"""The UBL connector: the bytes of a document in, an invoice, order or receipt out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

from lxml import etree

from integrations.connectors.ubl.invoices import invoice_of
from integrations.connectors.ubl.orders import order_of, receipt_of
from integrations.ports.documents import read_xml
from integrations.ports.elements import ElementRefused
from integrations.ports.protocols import Event
from integrations.ports.purchasing import DocumentFact
from integrations.ports.xml import Node

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
READERS: Mapping[str, Callable[[Node], DocumentFact]] = {
    f"{{{UBL}Invoice-2}}Invoice": invoice_of,
    f"{{{UBL}CreditNote-2}}CreditNote": invoice_of,
    f"{{{UBL}Order-2}}Order": order_of,
    f"{{{UBL}ReceiptAdvice-2}}ReceiptAdvice": receipt_of,
}


class ConnectorUBL:
    """Reads what vendors bill, what we ordered and what we took in."""

    key: ClassVar[str] = "ubl"
    label: ClassVar[str] = "UBL 2.1 invoice, credit note, order or receipt"

    def read(self, chunks: Iterable[bytes]) -> Iterator[Event]:
        """The document of a file, or why it cannot be taken. Never raises on content."""
        return read_xml(chunks, document_of)


def document_of(root: Node) -> DocumentFact:
    """A document by its root. Raises ElementRefused."""
    reader = READERS.get(str(root.tag))
    if reader is None:
        name = etree.QName(root).localname
        why = f"A {name} is no UBL 2 invoice, credit note, order or receipt advice."
        raise ElementRefused("kind", why)
    return reader(root)
