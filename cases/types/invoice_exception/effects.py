"""What releasing a held invoice books and tells the ERP, and what of the holds it ends.

The journal is the house's “vendor invoice, PO”: goods that came at the order's price against goods
received, the tax, and whatever else is paid as price variance; without an order the whole amount is
an expense. Beside it the ERP is told to release the invoice.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from billing_portal.accounts.models import User
from cases.approvals.vocabulary import Matter
from cases.effects.kinds import CommandPlan, Decided, EffectKind, JournalPlan, Planned
from cases.types.invoice_exception import services
from cases.types.invoice_exception.loading import bills_of, booked_to, lines_of
from cases.types.invoice_exception.matching import Bill, cents
from cases.types.invoice_exception.vocabulary import (
    DUPLICATES,
    VARIANCES,
    Ending,
    HoldKind,
    HoldState,
)
from cases.work.lifecycle import Disposition
from integrations.canonical.models import VendorInvoice
from integrations.ports.commands import ReleaseInvoice

ZERO = Decimal("0.00")
RELEASED = "invoice_released"
POSTED, WITHOUT_ORDER, CREDIT = "invoice_posted", "invoice_without_order", "vendor_credit"


def plan(decided: Decided) -> Sequence[Planned]:
    """The voucher of the invoice and its release; of a credit note the voucher alone."""
    invoice = invoice_of(decided)
    [bill] = bills_of([invoice])
    template, amounts = voucher_of(bill)
    journal = JournalPlan(
        template=template,
        amounts=amounts,
        entity=decided.case.facility,
        text=words_of(invoice),
    )
    if bill.is_credit:
        return [journal]
    release = ReleaseInvoice(
        vendor=invoice.vendor.key,
        invoice_number=invoice.number,
        amount=invoice.total,
        currency=invoice.currency,
    )
    return [journal, CommandPlan(release, RELEASED)]


def words_of(invoice: VendorInvoice) -> str:
    """What the voucher is about: the invoice, and what each cost centre bears of its lines.

    The template books one expense account: whoever keeps the books there spreads it by this.
    """
    borne: dict[str, Decimal] = defaultdict(Decimal)
    for row in lines_of([invoice]):
        borne[booked_to(row)] += row.amount
    centres = ", ".join(f"{name} {amount}" for name, amount in sorted(borne.items()) if name)
    words = f"{invoice.get_kind_display()} {invoice.number} of vendor {invoice.vendor.key}"
    return f"{words} ({centres})" if centres else words


def voucher_of(bill: Bill) -> tuple[str, dict[str, Decimal]]:
    """The template of an invoice and its amounts, which come to its total."""
    if bill.is_credit:
        return CREDIT, {"amount": bill.total}
    if not any(line.ordered for line in bill.lines):
        return WITHOUT_ORDER, {"amount": bill.total}
    goods = goods_of(bill)
    variance = bill.total - goods - bill.tax
    return POSTED, {"goods": goods, "variance": variance, "tax": bill.tax}


def goods_of(bill: Bill) -> Decimal:
    """What may be billed of what is billed, at the orders' prices."""
    worth = ZERO
    for line in bill.lines:
        if line.ordered is not None:
            came = min(line.quantity, line.ordered.available)
            worth += cents(came * line.ordered.price)
    return worth


def settle(decided: Decided, by: User) -> None:
    """End what held the invoice by the approval, and release it. Raises StillHeld."""
    invoice, reference = invoice_of(decided), decided.request_reference
    reason = f"Approved in {reference}"
    accepted = VARIANCES | {HoldKind.NO_ORDER}
    states = {HoldState.ACCEPTED: accepted, HoldState.DISMISSED: DUPLICATES}
    for state, kinds in states.items():
        services.end_open(invoice=invoice, kinds=kinds, state=state, by=by, reason=reason)
    services.conclude(
        invoice=invoice, ending=Ending.RELEASED, by=by, reason=reason, reference=reference
    )


def invoice_of(decided: Decided) -> VendorInvoice:
    """The invoice that a case is about."""
    invoices = VendorInvoice.objects.select_related("vendor", "facility")
    return invoices.get(cases=decided.case)


EFFECTS = tuple(
    EffectKind(
        key=key.value,
        label=label,
        plan=plan,
        disposition=disposition,
        settle=settle,
    )
    for key, label, disposition in (
        (Matter.INVOICE_VARIANCE, "Invoice variance", Disposition.APPROVED_VARIANCE),
        (Matter.NO_ORDER_INVOICE, "Invoice without an order", Disposition.RELEASED),
        (Matter.DUPLICATE_RELEASE, "Release of a suspected duplicate", Disposition.RELEASED),
    )
)
