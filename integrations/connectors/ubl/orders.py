"""UBL orders and receipt advices."""

from integrations.connectors.ubl.elements import (
    DESCRIPTIONS,
    NUMBERS,
    SPACES,
    difference,
    each,
    party_of,
    price_of,
    said,
    said_first,
    tax_rate_of,
    unit_of,
)
from integrations.ports.elements import ElementRefused
from integrations.ports.purchasing import (
    ZERO,
    OrderFact,
    OrderLineFact,
    OrderStanding,
    ReceiptFact,
    ReceiptLineFact,
)
from integrations.ports.xml import Node, clean, count, day, line_of

FIRST = 1
TOTALS = ("cac:AnticipatedMonetaryTotal/cbc:PayableAmount", "cac:LegalTotal/cbc:PayableAmount")


def order_of(root: Node) -> OrderFact:
    """An order, whole. Raises ElementRefused."""
    currency = currency_of(root)
    _allowances, charges = difference(root, currency)
    return OrderFact(
        number=said(root, "cbc:ID"),
        version=FIRST,
        standing=OrderStanding.OPEN,
        ordered_on=day(said(root, "cbc:IssueDate"), "IssueDate"),
        currency=currency,
        vendor=party_of(root.find("cac:SellerSupplierParty/cac:Party", SPACES)),
        buyer=party_of(root.find("cac:BuyerCustomerParty/cac:Party", SPACES)),
        charges=charges,
        lines=tuple(order_line(line) for line in each(root, "cac:OrderLine/cac:LineItem")),
        position=line_of(root),
    )


def currency_of(root: Node) -> str:
    """The order's currency: stated, or that of its totals or prices."""
    stated = said_first(root, ("cbc:DocumentCurrencyCode", "cbc:PricingCurrencyCode"))
    amounts = (root.find(path, SPACES) for path in (*TOTALS, ".//cbc:PriceAmount"))
    told = (one.get("currencyID", "") for one in amounts if one is not None)
    return stated or next(filter(None, told), "")


def order_line(line: Node) -> OrderLineFact:
    """One line as ordered. Raises ElementRefused."""
    quantity, item = line.find("cbc:Quantity", SPACES), line.find("cac:Item", SPACES)
    price, per = price_of(line)
    if quantity is None or price is None:
        raise ElementRefused("order_line", "A line of the order has no quantity or no price.")
    return OrderLineFact(
        number=said(line, "cbc:ID"),
        description=said_first(item, DESCRIPTIONS),
        item=said_first(item, NUMBERS),
        quantity=count(clean(quantity.text or ""), "Quantity"),
        unit=unit_of(quantity),
        price=price,
        per=per,
        tax_rate=tax_rate_of(item),
        cost_centre=said_first(line, ("cbc:AccountingCost", "cbc:AccountingCostCode")),
        account="",
        way=None,
    )


def receipt_of(root: Node) -> ReceiptFact:
    """A receipt advice, whole. Raises ElementRefused."""
    return ReceiptFact(
        number=said(root, "cbc:ID"),
        order_number=said(root, "cac:OrderReference/cbc:ID"),
        received_on=day(said(root, "cbc:IssueDate"), "IssueDate"),
        receiver="",
        lines=tuple(receipt_line(line) for line in each(root, "cac:ReceiptLine")),
        position=line_of(root),
    )


def receipt_line(line: Node) -> ReceiptLineFact:
    """What came of one line; what was rejected is not accepted. Raises ElementRefused."""
    received = count(said(line, "cbc:ReceivedQuantity"), "ReceivedQuantity")
    rejected = said(line, "cbc:RejectedQuantity")
    return ReceiptLineFact(
        number=said(line, "cbc:ID"),
        order_line=said(line, "cac:OrderLineReference/cbc:LineID"),
        quantity=received,
        accepted=max(received - count(rejected, "RejectedQuantity"), ZERO) if rejected else None,
    )
