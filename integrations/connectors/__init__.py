"""One package per outside system; a registry line below is all a new one needs.

`INSTALLED` read what other systems send, `INSTALLED_TARGETS` carry out what they are asked.
"""

INSTALLED = [
    "integrations.connectors.cii.CONNECTOR",
    "integrations.connectors.cxml.CONNECTOR",
    "integrations.connectors.deposits_csv.CONNECTOR",
    "integrations.connectors.invoice_csv.CONNECTOR",
    "integrations.connectors.ledger_csv.CONNECTOR",
    "integrations.connectors.ubl.CONNECTOR",
    "integrations.connectors.x12_277ca.CONNECTOR",
    "integrations.connectors.x12_835.CONNECTOR",
]
INSTALLED_TARGETS = [
    "integrations.connectors.sandbox.TARGET",
    "integrations.connectors.tryton.TARGET",
]
