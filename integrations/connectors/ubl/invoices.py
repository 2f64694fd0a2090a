"""UBL invoices and credit notes.

Two dialects state the total of an invoice: EN 16931 leaves the rounding out of it, UBL 2.0 counts
it in. What is to be paid and what is paid already come to the same in both, so the total is read
as their sum.
"""

from datetime import date
from decimal import Decimal

from integrations.connectors.ubl.elements import (
    DESCRIPTIONS,
    NUMBERS,
    SPACES,
    difference,
    each,
    money_in,
    party_of,
    price_of,
    required_sum,
    said,
    said_first,
    sum_at,
    tax_rate_of,
    unit_of,
)
from integrations.ports.elements import ElementRefused
from integrations.ports.purchasing import (
    CREDIT_CODES,
    ONE,
    ZERO,
    InvoiceFact,
    InvoiceKind,
    InvoiceLineFact,
    bank_digest,
)
from integrations.ports.xml import Node, clean, count, day, line_of, optional_day

MONEY = "cac:LegalMonetaryTotal"
SUPPLIER = "cac:AccountingSupplierParty"
CUSTOMER = "cac:AccountingCustomerParty"


def invoice_of(root: Node) -> InvoiceFact:
    """An invoice or credit note, whole. Raises ElementRefused."""
    currency = currency_of(root)
    allowances, charges = difference(root, currency)
    totals = totals_of(root)
    prepaid = sum_at(totals, "cbc:PrepaidAmount", currency)
    return InvoiceFact(
        kind=kind_of(root),
        number=said(root, "cbc:ID"),
        issued_on=day(said(root, "cbc:IssueDate"), "IssueDate"),
        due_on=due_day(root),
        currency=currency,
        vendor=party_of(
            root.find(f"{SUPPLIER}/cac:Party", SPACES),
            bank_digest=bank_digest(
                said(root, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID")
            ),
        ),
        buyer=party_of(root.find(f"{CUSTOMER}/cac:Party", SPACES)),
        order_number=said(root, "cac:OrderReference/cbc:ID"),
        corrects=said(root, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
        allowances=allowances,
        charges=charges,
        tax=tax_of(root, currency),
        rounding=sum_at(totals, "cbc:PayableRoundingAmount", currency),
        prepaid=prepaid,
        total=required_sum(totals, "cbc:PayableAmount", currency) + prepaid,
        lines=tuple(line_fact(line, currency) for line in lines_of(root)),
        position=line_of(root),
    )


def kind_of(root: Node) -> InvoiceKind:
    """Whether it bills or credits: by its root, or by its code (UNTDID 1001)."""
    is_note = str(root.tag).endswith("}CreditNote")
    is_credit = is_note or said(root, "cbc:InvoiceTypeCode") in CREDIT_CODES
    return InvoiceKind.CREDIT_NOTE if is_credit else InvoiceKind.INVOICE


def currency_of(root: Node) -> str:
    """The document's currency, or that of what is to be paid."""
    stated = said(root, "cbc:DocumentCurrencyCode")
    payable = root.find(f"{MONEY}/cbc:PayableAmount", SPACES)
    return stated or (payable.get("currencyID", "") if payable is not None else "")


def totals_of(root: Node) -> Node:
    """The document's totals. Raises ElementRefused."""
    found = root.find(MONEY, SPACES)
    if found is None:
        raise ElementRefused("totals_missing", "LegalMonetaryTotal is missing")
    return found


def tax_of(root: Node, currency: str) -> Decimal:
    """The tax in the document's currency; it may be told in another one beside. ElementRefused."""
    stated = root.findall("cac:TaxTotal/cbc:TaxAmount", SPACES)
    own = [one for one in stated if one.get("currencyID", currency) == currency]
    if stated and not own:
        why = "TaxAmount is in another currency than the document"
        raise ElementRefused("currency", why)
    return sum((money_in(one, currency) for one in own), ZERO)


def due_day(root: Node) -> date | None:
    """By when it is to be paid. Raises ElementRefused."""
    paths = ("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate")
    return optional_day(said_first(root, paths), "DueDate")


def lines_of(root: Node) -> list[Node]:
    """The document's own lines, not the lines within them."""
    return each(root, "cac:InvoiceLine") + each(root, "cac:CreditNoteLine")


def line_fact(line: Node, currency: str) -> InvoiceLineFact:
    """One line. Raises ElementRefused."""
    quantity = next(
        iter(each(line, "cbc:InvoicedQuantity") + each(line, "cbc:CreditedQuantity")), None
    )
    allowances, charges = difference(line, currency)
    price, per = price_of(line)
    item = line.find("cac:Item", SPACES)
    reference = line.find("cac:OrderLineReference", SPACES)
    return InvoiceLineFact(
        number=said(line, "cbc:ID"),
        description=said_first(item, DESCRIPTIONS),
        item=said_first(item, NUMBERS),
        quantity=count(clean(quantity.text or ""), "Quantity") if quantity is not None else ONE,
        unit=unit_of(quantity),
        price=price,
        per=per,
        adjustment=charges - allowances,
        amount=required_sum(line, "cbc:LineExtensionAmount", currency),
        tax_rate=tax_rate_of(item),
        order_number=said(reference, "cac:OrderReference/cbc:ID"),
        order_line=said(reference, "cbc:LineID"),
        cost_centre=said_first(line, ("cbc:AccountingCost", "cbc:AccountingCostCode")),
    )
