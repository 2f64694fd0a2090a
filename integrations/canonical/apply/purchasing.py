"""Applying an invoice, an order or a receipt: new goes in, held is a duplicate, other is refused.

The caller holds the database transaction; everything here is part of it. The number of a document
is locked before it is looked up, so that two workers who read it at once keep it once. The same
number with other content is an incident, except for an order, whose higher version replaces the
lower one; a lower version that comes late changes nothing.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Model
from psycopg import sql

from billing_portal.kernel.models.history import save_because
from integrations.canonical.apply.transactions import Applied, Context, Effect
from integrations.canonical.crosswalks import facility_for, unassigned, vendor_for
from integrations.canonical.locks import lock
from integrations.canonical.models import (
    GoodsReceipt,
    InvoiceLine,
    OrderLine,
    PurchaseOrder,
    ReceiptLine,
    VendorInvoice,
)
from integrations.feed import services as feed
from integrations.feed.models import Record
from integrations.ports.purchasing import (
    DocumentFact,
    InvoiceFact,
    OrderFact,
    OrderLineFact,
    PartyFact,
    ReceiptFact,
)

ROW = sql.SQL("SELECT %(row)s::bigint, NULL::bigint")
READ = "read from a message"
WITHDRAWN = "a later version of the order no longer has it"


def keep_document(fact: DocumentFact, context: Context) -> Applied:
    """Keep a document, or find that it is held; says which. Locks its number."""
    if isinstance(fact, InvoiceFact):
        return keep_invoice(fact, context)
    return keep_order(fact, context) if isinstance(fact, OrderFact) else keep_receipt(fact, context)


def keep_invoice(fact: InvoiceFact, context: Context) -> Applied:
    """Keep an invoice or credit note."""
    vendor_identifier = fact.vendor.identifiers[0]
    key = {
        "vendor_identifier": vendor_identifier,
        "number": fact.number,
        "kind": fact.kind.value,
    }
    lock(f"invoice {vendor_identifier} {fact.kind} {fact.number}")
    held = VendorInvoice.objects.filter(**key).first()
    if held is not None:
        return outcome(is_same=held.digest == fact.digest())
    invoice = VendorInvoice.objects.create(
        **key,
        source=context.source,
        digest=fact.digest(),
        vendor=vendor_for(source=context.source, party=fact.vendor, by=context.by),
        facility_id=facility_of(fact.buyer, context),
        tax_number=fact.vendor.tax_number,
        bank_digest=fact.vendor.bank_digest,
        issued_on=fact.issued_on,
        due_on=fact.due_on,
        currency=fact.currency,
        order_number=fact.order_number,
        corrects=fact.corrects,
        net=fact.net,
        allowances=fact.allowances,
        charges=fact.charges,
        tax=fact.tax,
        rounding=fact.rounding,
        prepaid=fact.prepaid,
        total=fact.total,
        is_balanced=fact.is_balanced,
        missing=", ".join(fact.missing),
        entered_by=context.received_by or context.by,
        position=fact.position,
        message_sha256=context.sha256,
        correlation_id=context.correlation_id,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            number=line.number,
            description=line.description,
            item=line.item,
            quantity=line.quantity,
            unit=line.unit,
            price=line.price,
            per=line.per,
            adjustment=line.adjustment,
            amount=line.amount,
            tax_rate=line.tax_rate,
            order_number=line.order_number or fact.order_number,
            order_line=line.order_line,
            cost_centre=line.cost_centre,
        )
        for line in fact.lines
    )
    tell(Record.VENDOR_INVOICE, invoice, context)
    return applied(Effect.APPLIED)


def keep_receipt(fact: ReceiptFact, context: Context) -> Applied:
    """Keep a receipt."""
    lock(f"receipt {fact.number}")
    held = GoodsReceipt.objects.filter(number=fact.number).first()
    if held is not None:
        return outcome(is_same=held.digest == fact.digest())
    receipt = GoodsReceipt.objects.create(
        source=context.source,
        number=fact.number,
        order_number=fact.order_number,
        digest=fact.digest(),
        received_on=fact.received_on,
        receiver=fact.receiver,
        correlation_id=context.correlation_id,
    )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt,
            number=line.number,
            order_line=line.order_line,
            quantity=line.quantity,
            accepted=line.accepted,
        )
        for line in fact.lines
    )
    tell(Record.GOODS_RECEIPT, receipt, context)
    return applied(Effect.APPLIED)


def keep_order(fact: OrderFact, context: Context) -> Applied:
    """Keep an order, or its newer version."""
    lock(f"order {fact.number}")
    held = PurchaseOrder.objects.filter(number=fact.number).first()
    if held is not None and fact.version <= held.revision:
        return outcome(is_same=fact.version < held.revision or held.digest == fact.digest())
    order = held or PurchaseOrder(number=fact.number)
    order.source = context.source
    order.revision = fact.version
    order.digest = fact.digest()
    order.vendor = vendor_for(source=context.source, party=fact.vendor, by=context.by)
    order.facility_id = facility_of(fact.buyer, context)
    order.standing = fact.standing.value
    order.ordered_on = fact.ordered_on
    order.currency = fact.currency
    order.charges = fact.charges
    save_because(order, by=context.by, reason=READ)
    keep_lines(order, fact.lines, context)
    tell(Record.PURCHASE_ORDER, order, context)
    return applied(Effect.APPLIED)


def keep_lines(order: PurchaseOrder, lines: Collection[OrderLineFact], context: Context) -> None:
    """Bring an order's lines to what its version says; a line that is gone stays, withdrawn."""
    held = {line.number: line for line in order.lines.order_by("pk")}
    for fact in lines:
        line = held.pop(fact.number, None)
        is_new, wanted = line is None, columns_of(fact)
        line = line or OrderLine(order=order, number=fact.number)
        if is_new or any(getattr(line, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(line, name, value)
            save_because(line, by=context.by, reason=READ)
    for gone in held.values():
        gone.is_withdrawn = True
        save_because(gone, by=context.by, reason=WITHDRAWN)


def columns_of(fact: OrderLineFact) -> dict[str, Any]:
    """An order's line as columns."""
    return {
        "description": fact.description,
        "item": fact.item,
        "quantity": fact.quantity,
        "unit": fact.unit,
        "price": fact.price,
        "per": fact.per,
        "tax_rate": fact.tax_rate,
        "cost_centre": fact.cost_centre,
        "account": fact.account,
        "way": fact.way,
        "is_withdrawn": False,
    }


def facility_of(buyer: PartyFact, context: Context) -> int:
    """The facility that buys, by this source's crosswalk; nobody's is `unassigned`."""
    known = facility_for(source=context.source, identifiers=buyer.identifiers)
    return known if known is not None else unassigned(by=context.by).pk


def tell(record: Record, row: Model, context: Context) -> None:
    """Say in the feed that a document came in."""
    feed.append(record=record, query=ROW, correlation_id=context.correlation_id, row=row.pk)


def outcome(*, is_same: bool) -> Applied:
    """What a document comes to whose number is held."""
    return applied(Effect.DUPLICATE if is_same else Effect.INCIDENT)


def applied(effect: Effect) -> Applied:
    """One document's effect."""
    is_new = effect is Effect.APPLIED
    return Applied(effect=effect, remittance_id=None, claims=0, added=int(is_new), refused=())
