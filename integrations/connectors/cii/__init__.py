"""UN/CEFACT Cross Industry Invoice (D16B): EN 16931, XRechnung, Factur-X and ZUGFeRD 2."""

from integrations.connectors.cii.connector import ConnectorCII

CONNECTOR = ConnectorCII()
