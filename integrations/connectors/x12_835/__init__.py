"""X12 835 (health care claim payment advice), 4010 and 5010."""

from integrations.connectors.x12_835.connector import Connector835

CONNECTOR = Connector835()
