"""X12 277CA (claim acknowledgement), 5010."""

from integrations.connectors.x12_277ca.connector import Connector277CA

CONNECTOR = Connector277CA()
