"""What may be asked for an invoice as it is held: which approval, over how much. Pure."""

from collections.abc import Collection

from billing_portal.kernel.pure.errors import DomainError
from cases.approvals.vocabulary import Matter
from cases.types.invoice_exception.vocabulary import DUPLICATES, VARIANCES, HoldKind


class MendFirst(DomainError):
    """Something holds the invoice that no approval lets go by."""

    code = "mend_first"


def matter_of(kinds: Collection[HoldKind]) -> Matter:
    """Which approval an invoice needs. Raises MendFirst, naming what must be mended before.

    A duplicate is judged before all else; a missing order before mere differences.
    """
    beyond = sorted(set(kinds) - VARIANCES - DUPLICATES - {HoldKind.NO_ORDER})
    if beyond or not kinds:
        named = ", ".join(HoldKind(kind).label.lower() for kind in beyond)
        message = f"To be mended first: {named}." if named else "Nothing holds this invoice."
        raise MendFirst(message)
    if DUPLICATES & set(kinds):
        return Matter.DUPLICATE_RELEASE
    return Matter.NO_ORDER_INVOICE if HoldKind.NO_ORDER in kinds else Matter.INVOICE_VARIANCE
