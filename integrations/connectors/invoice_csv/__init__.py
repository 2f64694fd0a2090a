"""Invoices, orders and receipts as CSV, for senders that have nothing better."""

from integrations.connectors.invoice_csv.connector import ConnectorCSV

CONNECTOR = ConnectorCSV()
