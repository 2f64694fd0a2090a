"""Patient accounts as a CSV export of the patient accounting system."""

from integrations.connectors.ledger_csv.connector import LedgerCsvConnector

CONNECTOR = LedgerCsvConnector()
