"""One package per case type; one line here installs it."""

INSTALLED = [
    "cases.types.denial",
    "cases.types.refund",
    "cases.types.remittance_exception",
]
