"""Invoice exceptions: a vendor's invoice that something stands against paying as it is."""

from cases.types.invoice_exception.details import InvoiceDetails
from cases.types.invoice_exception.detect import FOLLOWED, KEY, detect
from cases.types.invoice_exception.effects import EFFECTS
from cases.types.invoice_exception.steps import steps_for
from cases.work.types import CaseType

__all__ = ["CASE_TYPE", "EFFECTS"]
CASE_TYPE = CaseType(
    key=KEY,
    label="Invoice exception",
    prefix="IX",
    details=InvoiceDetails,
    detect=detect,
    steps=steps_for,
    follows=frozenset(FOLLOWED),
)
