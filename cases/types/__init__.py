"""One package per case type; one line here installs it."""

INSTALLED = [
    "cases.types.denial",
    "cases.types.deposit_variance",
    "cases.types.emergency_access",
    "cases.types.invoice_exception",
    "cases.types.payment_variance",
    "cases.types.posting_failure",
    "cases.types.refund",
    "cases.types.remittance_exception",
    "cases.types.small_balance",
]
