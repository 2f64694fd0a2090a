"""From changed invoices, orders and receipts to findings: an invoice that is held is a case.

Detection keeps the holds, too: they are what a case of this type is about. An invoice that nothing
holds is released by the facts; one that people ended stays ended.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from billing_portal.access.actor import system_actor
from cases.types.invoice_exception import services
from cases.types.invoice_exception.details import HeldFor, InvoiceDetails
from cases.types.invoice_exception.loading import allowances, bills_of
from cases.types.invoice_exception.matching import Bill, match
from cases.types.invoice_exception.models import Hold
from cases.types.invoice_exception.vocabulary import DESKS, VARIANCES, Desk, Ending, HoldKind
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition
from cases.work.models import Case
from cases.work.sets import any_id, any_text
from cases.work.types import Change
from integrations.canonical.models import (
    GoodsReceipt,
    InvoiceKind,
    InvoiceLine,
    PurchaseOrder,
    VendorInvoice,
)
from integrations.feed.models import Record

KEY = "invoice_exception"
DETECTION = "detection"
UNASSIGNED = "unassigned"
TITLE = 90
FOLLOWED = (Record.VENDOR_INVOICE, Record.PURCHASE_ORDER, Record.GOODS_RECEIPT)
RELEASED = "Nothing stands against it: released by the facts."


def detect(changes: Sequence[Change]) -> Iterator[Finding]:
    """How every invoice stands that the changes touch and that has not ended."""
    correlations = {
        change.record_id: change.correlation_id
        for change in changes
        if change.record == Record.VENDOR_INVOICE
    }
    usual = changes[0].correlation_id
    for finding in findings_of(touched_by(changes)):
        told = correlations.get(finding.vendor_invoice_id or 0, usual)
        yield replace(finding, correlation_id=told)


def touched_by(changes: Sequence[Change]) -> QuerySet[VendorInvoice]:
    """The invoices that have not ended and whose match may be another now.

    Those that changed; those that bill an order which changed, which something was received on, or
    which a changed invoice bills; and of the vendors of changed credit notes all.
    """
    ids: dict[str, list[int]] = {record: [] for record in FOLLOWED}
    for change in changes:
        ids[change.record].append(change.record_id)
    changed = any_id(ids[Record.VENDOR_INVOICE])
    numbers = {
        *order_numbers(InvoiceLine.objects.filter(invoice_id=changed)),
        *order_numbers(GoodsReceipt.objects.filter(pk=any_id(ids[Record.GOODS_RECEIPT]))),
        *PurchaseOrder.objects.filter(pk=any_id(ids[Record.PURCHASE_ORDER])).values_list(
            "number", flat=True
        ),
    }
    creditors = VendorInvoice.objects.filter(pk=changed, kind=InvoiceKind.CREDIT_NOTE)
    billing = InvoiceLine.objects.filter(order_number=any_text(numbers - {""}))
    return VendorInvoice.objects.filter(
        Q(pk=changed)
        | Q(pk__in=billing.values("invoice_id"))
        | Q(vendor_id__in=creditors.values("vendor_id"))
    )


def order_numbers(rows: QuerySet[Any]) -> Iterator[str]:
    """The orders that some rows name."""
    return iter(rows.values_list("order_number", flat=True).distinct())


def findings_of(invoices: QuerySet[VendorInvoice]) -> Iterator[Finding]:
    """How some invoices stand; nothing for those that ended, or were never held."""
    standing = list(
        invoices.filter(ending=None).select_related("vendor", "facility").order_by("pk").distinct()
    )
    rows = allowances()
    bills = {bill.pk: bill for bill in bills_of(standing)}
    found = {pk: match(bill, rows) for pk, bill in bills.items()}
    actor = system_actor(DETECTION)
    holds = services.keep_holds(found=found, by=actor)
    known = set(
        Case.objects.filter(key=any_text(map(key_of, standing))).values_list("key", flat=True)
    )
    facilities = facilities_of(bills.values())
    for invoice in standing:
        if not holds[invoice.pk]:
            services.conclude(invoice=invoice, ending=Ending.RELEASED, by=actor, reason=RELEASED)
        if holds[invoice.pk] or key_of(invoice) in known:
            place = facilities.get(invoice.pk)
            yield finding_of(invoice, bills[invoice.pk], holds[invoice.pk], place=place)


def facilities_of(bills: Collection[Bill]) -> dict[int, int]:
    """Where the orders of invoices were placed: for those that name no facility of ours."""
    numbers = {bill.pk: {line.order for line in bill.lines} for bill in bills}
    named = {number for each in numbers.values() for number in each}
    places = dict(
        PurchaseOrder.objects.filter(number=any_text(named - {""})).values_list(
            "number", "facility_id"
        )
    )
    return {
        pk: places[number] for pk, each in numbers.items() for number in sorted(each & set(places))
    }


def finding_of(
    invoice: VendorInvoice, bill: Bill, holds: Sequence[Hold], *, place: int | None
) -> Finding:
    """An invoice as a finding: it stands while anything holds it."""
    details = details_of(invoice, bill, holds)
    leading = leading_of(holds or list(Hold.objects.filter(invoice=invoice).order_by("pk")))
    is_unassigned = invoice.facility.key == UNASSIGNED
    return Finding(
        case_type=KEY,
        key=key_of(invoice),
        title=f"{invoice.get_kind_display()} {invoice.number} · {invoice.vendor.name}"[:TITLE],
        facility_id=place if is_unassigned and place is not None else invoice.facility_id,
        vendor_invoice_id=invoice.pk,
        amount=abs(invoice.total),
        currency=invoice.currency,
        code=leading.upper() if leading else "",
        category=DESKS[leading].value if leading else "",
        decision=invoice.digest,
        disposition=None if holds else Disposition.RELEASED,
        reason=" ".join(hold.words for hold in holds) or RELEASED,
        correlation_id=invoice.correlation_id,
        details=details,
    )


def leading_of(holds: Sequence[Hold]) -> HoldKind | None:
    """The hold whose desk comes first, of these the one over most money."""
    desks = list(Desk)
    kinds = [(desks.index(DESKS[HoldKind(hold.kind)]), -hold.amount, hold.kind) for hold in holds]
    return HoldKind(min(kinds)[2]) if kinds else None


def details_of(invoice: VendorInvoice, bill: Bill, holds: Sequence[Hold]) -> InvoiceDetails:
    """The details of an invoice."""
    variances = (hold.amount for hold in holds if hold.kind in VARIANCES)
    return InvoiceDetails(
        decision=invoice.digest,
        kind=invoice.kind,
        number=invoice.number,
        vendor=invoice.vendor.name,
        vendor_key=invoice.vendor.key,
        bank_digest=bank_of(invoice),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        orders=tuple(sorted({line.order for line in bill.lines} - {""})),
        total=invoice.total,
        variance=sum(variances, Decimal(0)),
        holds=tuple(
            HeldFor(kind=hold.kind, line=hold.line, words=hold.words, amount=hold.amount)
            for hold in holds
        ),
    )


def bank_of(invoice: VendorInvoice) -> str:
    """SHA-256 of the account that it is paid to: the one that it names, else the vendor's."""
    return invoice.bank_digest or invoice.vendor.bank_digest


def key_of(invoice: VendorInvoice) -> str:
    """What names the case of an invoice."""
    return f"{KEY}:{invoice.pk}"
