"""One package per outside system; the registry line below is all a new one needs."""

INSTALLED = [
    "integrations.connectors.x12_835.CONNECTOR",
]
