"""cXML orders: OrderRequest. A later version of an order is the whole order anew."""

from integrations.connectors.cxml.elements import (
    cost_centre_of,
    currency_at,
    party_of,
    price_of,
    sum_at,
    tax_rate_of,
)
from integrations.ports.elements import ElementRefused
from integrations.ports.purchasing import OrderFact, OrderLineFact, OrderStanding
from integrations.ports.xml import Node, count, day, line_of, text

CANCELS = "delete"


def order_of(root: Node, request: Node) -> OrderFact:
    """An order, whole. Raises ElementRefused."""
    header = request.find("OrderRequestHeader")
    if header is None:
        raise ElementRefused("part_missing", "The order has no header.")
    currency = currency_at(request, "OrderRequestHeader/Total", "ItemOut/ItemDetail/UnitPrice")
    bill_to = header.find("BillTo/Address")
    is_cancelled = header.get("type") == CANCELS
    return OrderFact(
        number=header.get("orderID", "").strip(),
        version=version_of(header),
        standing=OrderStanding.CANCELLED if is_cancelled else OrderStanding.OPEN,
        ordered_on=day(header.get("orderDate", ""), "orderDate"),
        currency=currency,
        vendor=party_of(root, "To"),
        buyer=party_of(
            root,
            "From",
            "" if bill_to is None else bill_to.get("addressID", ""),
            name=text(bill_to, "Name"),
        ),
        charges=sum_at(header, "Shipping", currency),
        lines=tuple(
            line_fact(item, at) for at, item in enumerate(request.findall("ItemOut"), start=1)
        ),
        position=line_of(request),
    )


def version_of(header: Node) -> int:
    """The order's version, 1 when none is stated. Raises ElementRefused."""
    said = header.get("orderVersion") or "1"
    if not (said.isascii() and said.isdecimal()) or len(said) > len("999999"):
        raise ElementRefused("version", "orderVersion is no whole number")
    return int(said)


def line_fact(item: Node, at: int) -> OrderLineFact:
    """One line as ordered; one without its number is counted. Raises ElementRefused."""
    detail = item.find("ItemDetail")
    price, per = price_of(detail)
    if price is None:
        raise ElementRefused("order_line", "A line of the order has no price.")
    return OrderLineFact(
        number=item.get("lineNumber") or str(at),
        description=text(detail, "Description"),
        item=text(item, "ItemID/SupplierPartID"),
        quantity=count(item.get("quantity", ""), "quantity"),
        unit=text(detail, "UnitOfMeasure"),
        price=price,
        per=per,
        tax_rate=tax_rate_of(item),
        cost_centre=cost_centre_of(item),
        account="",
        way=None,
    )
