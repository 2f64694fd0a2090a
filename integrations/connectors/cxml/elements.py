"""What the documents of cXML have in common: credentials, money, tax, accounting."""

from decimal import Decimal

from integrations.ports.elements import ElementRefused
from integrations.ports.purchasing import ONE, ZERO, PartyFact, known
from integrations.ports.xml import Node, clean, count, money, text

COST_CENTRE = frozenset({"cost center", "cost centre", "costcenter"})


def party_of(root: Node, side: str, *extra: str, name: str = "", tax_number: str = "") -> PartyFact:
    """The party on one side of a message (From, To), by its credentials and what else names it."""
    identities = root.findall(f"Header/{side}/Credential/Identity")
    said = (clean(each.text or "") for each in identities)
    return PartyFact(known((*said, *extra, name)), name, tax_number)


def sum_at(node: Node, path: str, currency: str) -> Decimal:
    """An amount in the document's currency, nought when there is none. Raises ElementRefused."""
    return ZERO if not text(node, f"{path}/Money") else required_sum(node, path, currency)


def required_sum(node: Node, path: str, currency: str) -> Decimal:
    """An amount that must be there. Raises ElementRefused."""
    found = node.find(f"{path}/Money")
    if found is None:
        raise ElementRefused("amount_missing", f"{path} is missing")
    if found.get("currency", currency) != currency:
        raise ElementRefused("currency", f"{path} is in another currency than the document")
    return money(clean(found.text or "").replace(",", ""), path)


def currency_at(node: Node, *paths: str) -> str:
    """The currency of the first of some amounts that states one."""
    amounts = (node.find(f"{path}/Money") for path in paths)
    return next(
        filter(None, (each.get("currency", "") for each in amounts if each is not None)), ""
    )


def price_of(node: Node | None) -> tuple[Decimal | None, Decimal]:
    """What so many units cost, and how many.

    A price that cannot be kept exactly, or is for no unit, is left out: the line's amount and
    quantity say what a unit came to.
    """
    basis = None if node is None else node.find("PriceBasisQuantity")
    per = "" if basis is None else basis.get("quantity", "")
    try:
        units = count(per, "PriceBasisQuantity") if per else ONE
        price = count(text(node, "UnitPrice/Money").replace(",", ""), "UnitPrice")
    except ElementRefused:
        return None, ONE
    return (price, units) if units > 0 else (None, ONE)


def tax_rate_of(node: Node) -> Decimal | None:
    """The rate of a line that states one only, in percent. Raises ElementRefused."""
    rates = {each.get("percentageRate", "") for each in node.findall("Tax/TaxDetail")} - {""}
    return count(rates.pop(), "percentageRate") if len(rates) == 1 else None


def cost_centre_of(node: Node) -> str:
    """The cost centre that a line is booked to, if it says so."""
    for segment in node.findall("Distribution/Accounting/AccountingSegment"):
        if text(segment, "Name").lower() in COST_CENTRE:
            return segment.get("id", "")
    for segment in node.findall("Distribution/Accounting/Segment"):
        if segment.get("type", "").lower() in COST_CENTRE:
            return segment.get("id", "")
    return ""
