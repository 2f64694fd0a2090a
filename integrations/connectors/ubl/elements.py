"""What the documents of UBL have in common: parties, amounts in one currency, items, prices."""

from collections.abc import Iterable
from decimal import Decimal

from integrations.ports.elements import ElementRefused
from integrations.ports.purchasing import ONE, ZERO, PartyFact, known
from integrations.ports.xml import Node, clean, count, first, money, text

CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
VAT = "VAT"
SPACES = {"cac": CAC, "cbc": CBC}
DESCRIPTIONS = ("cbc:Name", "cbc:Description")
NUMBERS = (
    "cac:SellersItemIdentification/cbc:ID",
    "cac:BuyersItemIdentification/cbc:ID",
    "cac:StandardItemIdentification/cbc:ID",
)
NAMES = ("cac:PartyName/cbc:Name", "cac:PartyLegalEntity/cbc:RegistrationName")
TAX_RATES = ("cac:ClassifiedTaxCategory/cbc:Percent", "cac:TaxCategory/cbc:Percent")


def said(node: Node | None, path: str) -> str:
    """The text at a path; empty when there is none."""
    return text(node, path, SPACES)


def said_first(node: Node | None, paths: Iterable[str]) -> str:
    """The text at the first of some paths that has one."""
    return first(node, paths, SPACES)


def each(node: Node, path: str) -> list[Node]:
    """The elements at a path."""
    return node.findall(path, SPACES)


def sum_at(node: Node, path: str, currency: str) -> Decimal:
    """An amount in the document's currency, nought when there is none. Raises ElementRefused."""
    found = node.find(path, SPACES)
    return ZERO if found is None else money_in(found, currency)


def money_in(node: Node, currency: str) -> Decimal:
    """An element's amount in the document's currency. Raises ElementRefused."""
    name = str(node.tag).rpartition("}")[2]
    if node.get("currencyID", currency) != currency:
        why = f"{name} is in another currency than the document"
        raise ElementRefused("currency", why)
    return money(clean(node.text or ""), name)


def required_sum(node: Node, path: str, currency: str) -> Decimal:
    """An amount that must be there. Raises ElementRefused."""
    found = node.find(path, SPACES)
    if found is None:
        name = path.rpartition(":")[2]
        raise ElementRefused("amount_missing", f"{name} is missing")
    return money_in(found, currency)


def difference(node: Node, currency: str) -> tuple[Decimal, Decimal]:
    """The allowances and the charges that stand directly under an element."""
    sums = {"true": ZERO, "false": ZERO}
    for one in each(node, "cac:AllowanceCharge"):
        indicator = said(one, "cbc:ChargeIndicator").lower()
        indicator = {"1": "true", "0": "false"}.get(indicator, indicator)
        if indicator not in sums:
            why = "ChargeIndicator says neither charge nor allowance"
            raise ElementRefused("charge_indicator", why)
        sums[indicator] += required_sum(one, "cbc:Amount", currency)
    return sums["false"], sums["true"]


def party_of(party: Node | None, *, bank_digest: str = "") -> PartyFact:
    """A party, by all that it is known by."""
    if party is None:
        return PartyFact((), "")
    tax_number = tax_number_of(party)
    return PartyFact(
        identifiers=known(
            (
                *(clean(one.text or "") for one in each(party, "cac:PartyIdentification/cbc:ID")),
                said(party, "cac:PartyLegalEntity/cbc:CompanyID"),
                tax_number,
                said(party, "cbc:EndpointID"),
                name_of(party),
            )
        ),
        name=name_of(party),
        tax_number=tax_number,
        bank_digest=bank_digest,
    )


def tax_number_of(party: Node) -> str:
    """The number it is taxed under, VAT before other taxes; words that stand there are none."""
    schemes = sorted(
        each(party, "cac:PartyTaxScheme"), key=lambda one: said(one, "cac:TaxScheme/cbc:ID") != VAT
    )
    numbers = (said(one, "cbc:CompanyID") for one in schemes)
    return next((number for number in numbers if any(map(str.isdigit, number))), "")


def name_of(party: Node) -> str:
    """What a party is called."""
    return said_first(party, NAMES)


def price_of(line: Node) -> tuple[Decimal | None, Decimal]:
    """What so many units cost, and how many.

    A price that cannot be kept exactly, or is for no unit, is left out: the line's amount and
    quantity say what a unit came to.
    """
    price = said(line, "cac:Price/cbc:PriceAmount")
    per = said(line, "cac:Price/cbc:BaseQuantity")
    try:
        units = count(per, "BaseQuantity") if per else ONE
        return (count(price, "PriceAmount"), units) if units > 0 else (None, ONE)
    except ElementRefused:
        return None, ONE


def tax_rate_of(item: Node | None) -> Decimal | None:
    """The rate that an item is taxed at, in percent. Raises ElementRefused."""
    rate = said_first(item, TAX_RATES)
    return count(rate, "Percent") if rate else None


def unit_of(node: Node | None) -> str:
    """What a quantity counts, as coded (UN/ECE Recommendation 20)."""
    return "" if node is None else (node.get("unitCode") or "")
