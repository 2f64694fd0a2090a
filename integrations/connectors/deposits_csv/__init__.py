"""A bank's deposits as CSV."""

from integrations.connectors.deposits_csv.connector import DepositsCsvConnector

CONNECTOR = DepositsCsvConnector()
