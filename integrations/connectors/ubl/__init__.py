"""UBL 2.1 invoices, credit notes, orders and receipts (OASIS; Peppol BIS, XRechnung)."""

from integrations.connectors.ubl.connector import ConnectorUBL

CONNECTOR = ConnectorUBL()
