"""One package per outside system; the registry line below is all a new one needs."""

INSTALLED = [
    "integrations.connectors.x12_277ca.CONNECTOR",
    "integrations.connectors.x12_835.CONNECTOR",
]
