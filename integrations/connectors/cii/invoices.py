"""Cross Industry Invoices: header, lines and totals of EN 16931's semantic model."""

from datetime import date
from decimal import Decimal

from lxml import etree

from integrations.ports.elements import ElementRefused
from integrations.ports.elements import day as compact_day
from integrations.ports.purchasing import (
    CREDIT_CODES,
    ONE,
    ZERO,
    InvoiceFact,
    InvoiceKind,
    InvoiceLineFact,
    PartyFact,
    bank_digest,
    known,
)
from integrations.ports.xml import Node, clean, count, first, line_of, money, text

RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
SPACES = {"rsm": RSM, "ram": RAM, "udt": UDT}
DEAL = "rsm:SupplyChainTradeTransaction"
DAY = "udt:DateTimeString"
SUMS = "ram:SpecifiedTradeSettlementHeaderMonetarySummation"
ACCOUNT = "ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount"
VAT_NUMBER = "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']"
LINE = "ram:IncludedSupplyChainTradeLineItem"
ORDER = "ram:BuyerOrderReferencedDocument"
ITEMS = ("ram:SellerAssignedID", "ram:BuyerAssignedID", "ram:GlobalID")
PRICE = "ram:NetPriceProductTradePrice"
LINE_SUM = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"


def invoice_of(root: Node) -> InvoiceFact:
    """An invoice or credit note, whole. Raises ElementRefused."""
    if str(root.tag) != f"{{{RSM}}}CrossIndustryInvoice":
        name = etree.QName(root).localname
        raise ElementRefused("kind", f"A {name} is no Cross Industry Invoice of D16B.")
    agreement = part(root, f"{DEAL}/ram:ApplicableHeaderTradeAgreement")
    settlement = part(root, f"{DEAL}/ram:ApplicableHeaderTradeSettlement")
    currency = said(settlement, "ram:InvoiceCurrencyCode")
    sums = part(settlement, SUMS)
    allowances, charges = difference(settlement)
    prepaid = sum_at(sums, "ram:TotalPrepaidAmount")
    code = said(root, "rsm:ExchangedDocument/ram:TypeCode")
    return InvoiceFact(
        kind=InvoiceKind.CREDIT_NOTE if code in CREDIT_CODES else InvoiceKind.INVOICE,
        number=said(root, "rsm:ExchangedDocument/ram:ID"),
        issued_on=issue_day(root),
        due_on=day_at(settlement, "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime"),
        currency=currency,
        vendor=party_of(
            agreement.find("ram:SellerTradeParty", SPACES),
            account=said(settlement, f"{ACCOUNT}/ram:IBANID")
            or said(settlement, f"{ACCOUNT}/ram:ProprietaryID"),
        ),
        buyer=party_of(agreement.find("ram:BuyerTradeParty", SPACES)),
        order_number=said(agreement, "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        corrects=said(settlement, "ram:InvoiceReferencedDocument/ram:IssuerAssignedID"),
        allowances=allowances,
        charges=charges,
        tax=tax_of(sums, currency),
        rounding=sum_at(sums, "ram:RoundingAmount"),
        prepaid=prepaid,
        total=required_sum(sums, "ram:DuePayableAmount") + prepaid,
        lines=tuple(map(line_fact, root.findall(f"{DEAL}/{LINE}", SPACES))),
        position=line_of(root),
    )


def said(node: Node | None, path: str) -> str:
    """The text at a path; empty when there is none."""
    return text(node, path, SPACES)


def part(node: Node, path: str) -> Node:
    """A part that must be there. Raises ElementRefused."""
    found = node.find(path, SPACES)
    if found is None:
        raise ElementRefused("part_missing", f"{path.rpartition(':')[2]} is missing")
    return found


def sum_at(node: Node, path: str) -> Decimal:
    """An amount, nought when there is none. Raises ElementRefused."""
    return ZERO if node.find(path, SPACES) is None else required_sum(node, path)


def required_sum(node: Node, path: str) -> Decimal:
    """An amount that must be there. Raises ElementRefused."""
    return money(said(node, path), path.rpartition(":")[2])


def tax_of(sums: Node, currency: str) -> Decimal:
    """The tax in the document's currency; it may be told in another one beside. ElementRefused."""
    stated = sums.findall("ram:TaxTotalAmount", SPACES)
    own = [one for one in stated if one.get("currencyID", currency) == currency]
    if stated and not own:
        why = "TaxTotalAmount is in another currency than the document"
        raise ElementRefused("currency", why)
    return sum((money(clean(one.text or ""), "TaxTotalAmount") for one in own), ZERO)


def difference(settlement: Node) -> tuple[Decimal, Decimal]:
    """The allowances and the charges of a document or line; freight is a charge. ElementRefused."""
    allowances = charges = ZERO
    for one in settlement.findall("ram:SpecifiedTradeAllowanceCharge", SPACES):
        amount = required_sum(one, "ram:ActualAmount")
        if said(one, "ram:ChargeIndicator/udt:Indicator").lower() in {"true", "1"}:
            charges += amount
        else:
            allowances += amount
    for one in settlement.findall("ram:SpecifiedLogisticsServiceCharge", SPACES):
        charges += required_sum(one, "ram:AppliedAmount")
    return allowances, charges


def issue_day(root: Node) -> date:
    """When it was issued. Raises ElementRefused."""
    found = day_at(root, "rsm:ExchangedDocument/ram:IssueDateTime")
    if found is None:
        raise ElementRefused("date", "IssueDateTime is missing")
    return found


def day_at(node: Node, path: str) -> date | None:
    """A date (format 102: CCYYMMDD) that may be left out. Raises ElementRefused."""
    stated = said(node, f"{path}/{DAY}")
    found = compact_day(stated) if len(stated) == len("20260131") else None
    if stated and found is None:
        raise ElementRefused("date", f"{path.rpartition(':')[2]} is no date")
    return found


def party_of(party: Node | None, *, account: str = "") -> PartyFact:
    """A party, by all that it is known by."""
    if party is None:
        return PartyFact((), "")
    tax_number = said(party, VAT_NUMBER) or said(party, "ram:SpecifiedTaxRegistration/ram:ID")
    name = said(party, "ram:Name")
    return PartyFact(
        identifiers=known(
            (
                *(clean(one.text or "") for one in party.findall("ram:ID", SPACES)),
                *(clean(one.text or "") for one in party.findall("ram:GlobalID", SPACES)),
                said(party, "ram:SpecifiedLegalOrganization/ram:ID"),
                tax_number,
                said(party, "ram:URIUniversalCommunication/ram:URIID"),
                name,
            )
        ),
        name=name,
        tax_number=tax_number,
        bank_digest=bank_digest(account),
    )


def line_fact(line: Node) -> InvoiceLineFact:
    """One line. Raises ElementRefused."""
    product = line.find("ram:SpecifiedTradeProduct", SPACES)
    agreement = line.find("ram:SpecifiedLineTradeAgreement", SPACES)
    settlement = part(line, "ram:SpecifiedLineTradeSettlement")
    billed = line.find("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", SPACES)
    order = None if agreement is None else agreement.find(ORDER, SPACES)
    allowances, charges = difference(settlement)
    price, per = price_of(agreement)
    rate = said(settlement, "ram:ApplicableTradeTax/ram:RateApplicablePercent")
    return InvoiceLineFact(
        number=said(line, "ram:AssociatedDocumentLineDocument/ram:LineID"),
        description=said(product, "ram:Name") or said(product, "ram:Description"),
        item=first(product, ITEMS, SPACES),
        quantity=count(clean(billed.text or ""), "BilledQuantity") if billed is not None else ONE,
        unit="" if billed is None else billed.get("unitCode", ""),
        price=price,
        per=per,
        adjustment=charges - allowances,
        amount=required_sum(settlement, LINE_SUM),
        tax_rate=count(rate, "RateApplicablePercent") if rate else None,
        order_number=said(order, "ram:IssuerAssignedID"),
        order_line=said(order, "ram:LineID"),
        cost_centre=said(settlement, "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
    )


def price_of(agreement: Node | None) -> tuple[Decimal | None, Decimal]:
    """What so many units cost, and how many.

    A price that cannot be kept exactly, or is for no unit, is left out: the line's amount and
    quantity say what a unit came to.
    """
    price = said(agreement, f"{PRICE}/ram:ChargeAmount")
    per = said(agreement, f"{PRICE}/ram:BasisQuantity")
    try:
        units = count(per, "BasisQuantity") if per else ONE
        return (count(price, "ChargeAmount"), units) if units > 0 else (None, ONE)
    except ElementRefused:
        return None, ONE
