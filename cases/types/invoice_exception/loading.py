"""From records to what matching asks: the invoices of a batch with all that is known around them.

Every table is asked once for the whole batch, however many invoices there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from cases.types.invoice_exception import duplicates
from cases.types.invoice_exception.duplicates import Twin, normalised
from cases.types.invoice_exception.matching import Bill, Billed, Ordered, Spent, cents
from cases.types.invoice_exception.models import Hold, LineCoding, Tolerance
from cases.types.invoice_exception.tolerances import Allowance, Scope
from cases.types.invoice_exception.vocabulary import (
    DUPLICATES,
    Direction,
    Ending,
    HoldState,
    Measure,
)
from cases.work.sets import any_id, any_text
from integrations.canonical.models import (
    InvoiceKind,
    InvoiceLine,
    OrderLine,
    PurchaseOrder,
    ReceiptLine,
    VendorHold,
    VendorInvoice,
)

ZERO = Decimal(0)
UNPAID = (Ending.DUPLICATE, Ending.RETURNED)
HELD_WORDS = {
    VendorHold.NONE: "",
    VendorHold.PAYMENT: "Payments to this vendor are held.",
    VendorHold.POSTING: "Nothing of this vendor may be posted.",
}
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Come:
    """What came of a line of an order: received, and accepted by an inspection."""

    received: Decimal = ZERO
    accepted: Decimal = ZERO


@dataclass(slots=True)
class World:
    """All that a batch of invoices is matched against, read once."""

    orders: Mapping[str, PurchaseOrder] = field(default_factory=dict)
    lines: Mapping[Place, OrderLine] = field(default_factory=dict)
    came: Mapping[Place, Come] = field(default_factory=dict)
    billed: Mapping[str, Sequence[InvoiceLine]] = field(default_factory=dict)
    others: Sequence[VendorInvoice] = ()
    cleared: Collection[tuple[int, int]] = ()


def bills_of(invoices: Sequence[VendorInvoice]) -> list[Bill]:
    """What matching asks of each invoice."""
    rows = lines_of(invoices)
    world = world_of(invoices, rows)
    by_invoice: dict[int, list[InvoiceLine]] = defaultdict(list)
    for row in rows:
        by_invoice[row.invoice_id].append(row)
    return [bill_of(invoice, by_invoice[invoice.pk], world) for invoice in invoices]


def allowances() -> list[Allowance]:
    """Every tolerance, whatever its period: each invoice takes those of its day."""
    return [
        Allowance(
            pk=row.pk,
            measure=Measure(row.measure),
            direction=Direction(row.direction),
            percent=row.percent,
            amount=row.amount,
            currency=row.currency,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            vendor_id=row.vendor_id,
            category=row.category,
            facility_id=row.facility_id,
        )
        for row in Tolerance.objects.order_by("pk")
    ]


def lines_of(invoices: Iterable[VendorInvoice]) -> list[InvoiceLine]:
    """The lines of some invoices, with what we say of their booking."""
    keys = any_id(invoice.pk for invoice in invoices)
    return list(InvoiceLine.objects.filter(invoice_id=keys).select_related("coding").order_by("pk"))


def world_of(invoices: Sequence[VendorInvoice], rows: Sequence[InvoiceLine]) -> World:
    """What stands around the invoices."""
    numbers = {row.order_number for row in rows} - {""}
    orders = PurchaseOrder.objects.filter(number=any_text(numbers)).select_related("vendor")
    by_pk = {order.pk: order for order in orders}
    ordered = OrderLine.objects.filter(order_id=any_id(by_pk)).order_by("pk")
    billed: dict[str, list[InvoiceLine]] = defaultdict(list)
    for line in payable_lines(numbers):
        billed[line.order_number].append(line)
    return World(
        orders={order.number: order for order in by_pk.values()},
        lines={(by_pk[line.order_id].number, line.number): line for line in ordered},
        came=came_of(numbers),
        billed=billed,
        others=list(others_of(invoices)),
        cleared=set(
            Hold.objects.filter(
                invoice_id=any_id(invoice.pk for invoice in invoices),
                kind__in=DUPLICATES,
                state__in=(HoldState.DISMISSED, HoldState.ACCEPTED),
            ).values_list("invoice_id", "other_id")
        ),
    )


def payable_lines(numbers: Collection[str]) -> QuerySet[InvoiceLine]:
    """The lines that bill some orders, but for those of invoices that are not to be paid."""
    return (
        InvoiceLine.objects.filter(order_number=any_text(numbers))
        .exclude(invoice__ending__ending__in=UNPAID)
        .select_related("invoice")
        .order_by("pk")
    )


def came_of(numbers: Collection[str]) -> dict[Place, Come]:
    """What came of some orders, by order and line."""
    sums = (
        ReceiptLine.objects.filter(receipt__order_number=any_text(numbers))
        .order_by()
        .values_list("receipt__order_number", "order_line")
        .annotate(Sum("quantity"), Sum("accepted"))
    )
    return {
        (order, line): Come(quantity, accepted or ZERO) for order, line, quantity, accepted in sums
    }


def others_of(invoices: Sequence[VendorInvoice]) -> QuerySet[VendorInvoice]:
    """The vendors' invoices, and those of whoever shares a tax number or account with them."""
    vendors = {invoice.vendor_id for invoice in invoices}
    taxes = {invoice.tax_number for invoice in invoices} - {""}
    banks = {invoice.bank_digest for invoice in invoices} - {""}
    return (
        VendorInvoice.objects.filter(
            Q(vendor_id__in=vendors) | Q(tax_number__in=taxes) | Q(bank_digest__in=banks)
        )
        .exclude(ending__ending__in=UNPAID)
        .order_by("pk")
    )


def bill_of(invoice: VendorInvoice, rows: Sequence[InvoiceLine], world: World) -> Bill:
    """One invoice as it is matched."""
    vendor = invoice.vendor
    lines = [billed_line(row, invoice, world) for row in rows]
    numbers = sorted({line.order for line in lines if line.is_order_known})
    is_bank_known = not (invoice.bank_digest and vendor.bank_digest) or (
        invoice.bank_digest == vendor.bank_digest
    )
    return Bill(
        pk=invoice.pk,
        is_credit=invoice.kind == InvoiceKind.CREDIT_NOTE,
        scope=Scope(
            vendor_id=vendor.pk,
            category=vendor.category,
            facility_id=invoice.facility_id,
            currency=invoice.currency,
            on=invoice.issued_on,
        ),
        total=invoice.total,
        parts=invoice.net - invoice.allowances + invoice.charges + invoice.tax + invoice.rounding,
        net=invoice.net,
        charges=invoice.charges,
        tax=invoice.tax,
        adjusted=invoice.charges + invoice.allowances,
        missing=invoice.missing,
        needs_order=vendor.needs_order,
        vendor_is_known=vendor.is_confirmed,
        vendor_hold=HELD_WORDS[VendorHold(vendor.hold)],
        is_bank_known=is_bank_known,
        lines=lines,
        orders=[spent_of(world.orders[number], invoice, world) for number in numbers],
        twin=twin_of(invoice, world),
        credits=creditable(invoice, world),
    )


def billed_line(row: InvoiceLine, invoice: VendorInvoice, world: World) -> Billed:
    """One line as billed."""
    line = world.lines.get((row.order_number, row.order_line))
    return Billed(
        number=row.number,
        quantity=row.quantity,
        price=None if row.price is None else row.price / row.per,
        adjustment=row.adjustment,
        amount=row.amount,
        tax_rate=row.tax_rate,
        order=row.order_number,
        is_order_known=row.order_number in world.orders,
        is_coded=bool(booked_to(row)),
        ordered=None if line is None else ordered_line(line, row, invoice, world),
    )


def booked_to(row: InvoiceLine) -> str:
    """The cost centre of a line, as we say or else as it says; empty: not known.

    With the account where another than the usual one was named: “CC-9/6010”.
    """
    coding: LineCoding | None = getattr(row, "coding", None)
    if coding is None:
        return row.cost_centre
    return "/".join(filter(None, (coding.cost_centre, coding.account)))


def ordered_line(
    line: OrderLine, row: InvoiceLine, invoice: VendorInvoice, world: World
) -> Ordered:
    """The line of an order, with what came and what was billed of it before a line bills it."""
    order = next(each for each in world.orders.values() if each.pk == line.order_id)
    came = world.came.get((order.number, line.number), Come())
    before = [
        each
        for each in world.billed.get(order.number, ())
        if each.order_line == line.number
        and (is_before(each.invoice, invoice) or is_above(each, row))
    ]
    return Ordered(
        order=order.number,
        number=line.number,
        vendor_id=order.vendor_id,
        currency=order.currency,
        standing=order.standing,
        is_withdrawn=line.is_withdrawn,
        way=line.way or order.vendor.way,
        quantity=line.quantity,
        price=line.price / line.per,
        tax_rate=line.tax_rate,
        received=came.received,
        accepted=came.accepted,
        billed=max(sum((sign(each.invoice) * each.quantity for each in before), ZERO), ZERO),
    )


def is_before(other: VendorInvoice, invoice: VendorInvoice) -> bool:
    """Whether what another invoice bills counts: one that came earlier, or takes back."""
    if other.pk == invoice.pk:
        return False
    return other.pk < invoice.pk or other.kind == InvoiceKind.CREDIT_NOTE


def is_above(other: InvoiceLine, row: InvoiceLine) -> bool:
    """Whether another line stands above one in the same invoice."""
    return other.invoice_id == row.invoice_id and other.pk < row.pk


def sign(invoice: VendorInvoice) -> int:
    """A credit note takes off."""
    return -1 if invoice.kind == InvoiceKind.CREDIT_NOTE else 1


def spent_of(order: PurchaseOrder, invoice: VendorInvoice, world: World) -> Spent:
    """How much of an order is billed with this invoice; its freight, and what of it others took."""
    lines = [line for line in world.lines.values() if line.order_id == order.pk]
    counted = [
        each
        for each in world.billed.get(order.number, ())
        if each.invoice_id == invoice.pk or is_before(each.invoice, invoice)
    ]
    others = {each.invoice_id: each.invoice for each in counted if each.invoice_id != invoice.pk}
    worth = (line.quantity * line.price / line.per for line in lines if not line.is_withdrawn)
    return Spent(
        order=order.number,
        worth=cents(sum(worth, ZERO)),
        charges=order.charges,
        billed=cents(sum((sign(each.invoice) * each.amount for each in counted), ZERO)),
        charges_billed=sum((sign(each) * each.charges for each in others.values()), ZERO),
    )


def twin_of(invoice: VendorInvoice, world: World) -> Twin | None:
    """The earlier document of the same kind that it may be a duplicate of."""
    candidates = [
        compared(other)
        for other in world.others
        if other.pk < invoice.pk
        and other.kind == invoice.kind
        and (invoice.pk, other.pk) not in world.cleared
    ]
    return duplicates.twin_of(
        compared(invoice), candidates, credited=credited_numbers(invoice, world)
    )


def credited_numbers(invoice: VendorInvoice, world: World) -> set[tuple[int, str]]:
    """The invoices before one, by vendor and number, that credit notes take back as a whole."""
    billed: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    taken: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for other in world.others:
        if other.kind == InvoiceKind.INVOICE and other.pk < invoice.pk:
            billed[other.vendor_id, normalised(other.number)] += other.total
        elif other.kind == InvoiceKind.CREDIT_NOTE and other.corrects:
            taken[other.vendor_id, normalised(other.corrects)] += other.total
    return {place for place, total in taken.items() if total >= billed[place]}


def compared(invoice: VendorInvoice) -> duplicates.Bill:
    """What of an invoice is compared with others."""
    return duplicates.Bill(
        pk=invoice.pk,
        vendor_id=invoice.vendor_id,
        number=invoice.number,
        amount=invoice.total,
        currency=invoice.currency,
        issued_on=invoice.issued_on,
        tax_number=invoice.tax_number,
        bank_digest=invoice.bank_digest,
    )


def creditable(invoice: VendorInvoice, world: World) -> Decimal | None:
    """What a credit note may take back: its invoice less what other credit notes took before."""
    if invoice.kind != InvoiceKind.CREDIT_NOTE or not invoice.corrects:
        return None
    of_vendor = [other for other in world.others if other.vendor_id == invoice.vendor_id]
    wanted = normalised(invoice.corrects)
    billed = [
        other.total
        for other in of_vendor
        if other.kind == InvoiceKind.INVOICE and normalised(other.number) == wanted
    ]
    taken = [
        other.total
        for other in of_vendor
        if other.kind == InvoiceKind.CREDIT_NOTE
        and other.pk < invoice.pk
        and normalised(other.corrects) == wanted
    ]
    return sum(billed, ZERO) - sum(taken, ZERO) if billed else None
