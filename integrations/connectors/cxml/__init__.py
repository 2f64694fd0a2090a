"""cXML 1.2 invoices (InvoiceDetailRequest) and orders (OrderRequest)."""

from integrations.connectors.cxml.connector import ConnectorCXML

CONNECTOR = ConnectorCXML()
