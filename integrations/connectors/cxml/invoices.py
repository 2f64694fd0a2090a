"""cXML invoices: InvoiceDetailRequest.

A credit memo states its amounts negative there; here a credit note's are positive. A total that is
left blank, as some senders do, is what its parts come to, and is named as missing.
"""

from collections.abc import Iterator
from dataclasses import replace

from integrations.connectors.cxml.elements import (
    cost_centre_of,
    currency_at,
    party_of,
    price_of,
    required_sum,
    sum_at,
    tax_rate_of,
)
from integrations.ports.elements import ElementRefused
from integrations.ports.purchasing import (
    ONE,
    ZERO,
    InvoiceFact,
    InvoiceKind,
    InvoiceLineFact,
    PartyFact,
    one_order,
)
from integrations.ports.xml import Node, count, day, line_of, text

CREDITS = frozenset({"creditMemo", "lineLevelCreditMemo"})
ITEMS = ("InvoiceDetailItem", "InvoiceDetailServiceItem")
REFERENCES = ("InvoiceDetailItemReference", "InvoiceDetailServiceItemReference")
ORDERS = ("OrderReference", "OrderIDInfo")
INFO = "InvoiceDetailOrderInfo"
COSTS = ("SpecialHandlingAmount", "ShippingAmount")
TOTAL = "NetAmount"
SUMMARY = "InvoiceDetailSummary"
CHANGES = "InvoiceHeaderModifications/Modification"


def invoice_of(root: Node, request: Node) -> InvoiceFact:
    """An invoice or credit memo, whole. Raises ElementRefused."""
    header, summary = request.find("InvoiceDetailRequestHeader"), request.find(SUMMARY)
    if header is None or summary is None:
        raise ElementRefused("part_missing", "The invoice has no header or no summary.")
    if header.get("operation", "new") != "new":
        raise ElementRefused("operation", "The message takes an invoice back: it is none.")
    currency = currency_at(summary, "NetAmount", "DueAmount", "SubtotalAmount")
    charges = sum((sum_at(summary, path, currency) for path in COSTS), ZERO)
    allowances = sum_at(summary, "InvoiceDetailDiscount", currency)
    for change in summary.findall(CHANGES):
        charges += sum_at(change, "AdditionalCost", currency)
        allowances += sum_at(change, "AdditionalDeduction/DeductionAmount", currency)
    is_credit = header.get("purpose") in CREDITS
    lines = tuple(lines_of(request, currency))
    fact = InvoiceFact(
        kind=InvoiceKind.CREDIT_NOTE if is_credit else InvoiceKind.INVOICE,
        number=header.get("invoiceID", "").strip(),
        issued_on=day(header.get("invoiceDate", ""), "invoiceDate"),
        due_on=None,
        currency=currency,
        vendor=vendor_of(root, header),
        buyer=party_of(root, "To", *partner_ids(header, "billTo")),
        order_number=one_order(lines),
        corrects=corrected(header),
        allowances=allowances,
        charges=charges,
        tax=sum_at(summary, "Tax", currency),
        rounding=ZERO,
        prepaid=sum_at(summary, "DepositAmount", currency),
        total=sum_at(summary, TOTAL, currency),
        lines=lines,
        position=line_of(request),
    )
    if not text(summary, f"{TOTAL}/Money"):
        fact = replace(fact, total=fact.parts, missing=(TOTAL,))
    return turned(fact) if is_credit and fact.total < 0 else fact


def corrected(header: Node) -> str:
    """The number of the invoice that it corrects."""
    reference = header.find("InvoiceIDInfo")
    return "" if reference is None else reference.get("invoiceID", "")


def vendor_of(root: Node, header: Node) -> PartyFact:
    """Who bills: the sender, with what the partner of the invoice adds."""
    contact = next(partners(header, "from", "invoiceFrom", "remitTo"), None)
    if contact is None:
        return party_of(root, "From")
    partner = contact.getparent()
    numbers = [] if partner is None else partner.findall("IdReference[@domain='taxNumber']")
    tax_number = next((each.get("identifier", "") for each in numbers), "")
    return party_of(
        root,
        "From",
        tax_number,
        contact.get("addressID", ""),
        name=text(contact, "Name"),
        tax_number=tax_number,
    )


def partners(header: Node, *roles: str) -> Iterator[Node]:
    """The partners of an invoice in some roles, in the roles' order."""
    contacts = header.findall("InvoicePartner/Contact")
    for role in roles:
        yield from (each for each in contacts if each.get("role") == role)


def partner_ids(header: Node, role: str) -> list[str]:
    """What the partners in a role are known by."""
    return [each.get("addressID", "") for each in partners(header, role)]


def order_number_of(info: Node | None) -> str:
    """The order that a group of lines belongs to."""
    if info is None:
        return ""
    found = (info.find(path) for path in ORDERS)
    return next(filter(None, (each.get("orderID", "") for each in found if each is not None)), "")


def lines_of(request: Node, currency: str) -> Iterator[InvoiceLineFact]:
    """The lines, order by order; an invoice of headers has one for each order. ElementRefused."""
    for group in request.findall("InvoiceDetailOrder"):
        order_number = order_number_of(group.find(INFO))
        for item in group:
            if item.tag in ITEMS:
                yield line_fact(item, order_number, currency)
    for group in request.findall("InvoiceDetailHeaderOrder"):
        order_number = order_number_of(group.find(INFO))
        for item in group.findall("InvoiceDetailOrderSummary"):
            yield line_fact(item, order_number, currency)


def line_fact(item: Node, order_number: str, currency: str) -> InvoiceLineFact:
    """One line. Raises ElementRefused."""
    reference = next((each for each in item if each.tag in REFERENCES), None)
    price, per = price_of(item)
    quantity = item.get("quantity")
    return InvoiceLineFact(
        number=item.get("invoiceLineNumber", ""),
        description=text(reference, "Description"),
        item=text(reference, "ItemID/SupplierPartID"),
        quantity=count(quantity, "quantity") if quantity else ONE,
        unit=text(item, "UnitOfMeasure"),
        price=price,
        per=per,
        adjustment=ZERO,
        amount=required_sum(item, "SubtotalAmount", currency),
        tax_rate=tax_rate_of(item),
        order_number=order_number,
        order_line="" if reference is None else reference.get("lineNumber", ""),
        cost_centre=cost_centre_of(item),
    )


def turned(fact: InvoiceFact) -> InvoiceFact:
    """A credit memo with its amounts as a credit note's."""
    lines = tuple(
        replace(line, quantity=abs(line.quantity), amount=-line.amount, adjustment=-line.adjustment)
        for line in fact.lines
    )
    return replace(
        fact,
        allowances=-fact.allowances,
        charges=-fact.charges,
        tax=-fact.tax,
        prepaid=-fact.prepaid,
        total=-fact.total,
        lines=lines,
    )
