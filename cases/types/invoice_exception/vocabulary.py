"""What can be wrong with a vendor's invoice, at which desk it is mended, and what becomes of it.

The kinds are those that invoice matching knows everywhere (the union of the exception types of the
usual payables systems). Budgets, contracts and payment terms are not among them: nothing here knows
any.
"""

from django.db.models import TextChoices


class Desk(TextChoices):
    """Who mends it; the queue of the same name is `ap-…`. Earlier desks come first."""

    DUPLICATE = "DUPLICATE", "Possible duplicate"
    VENDOR = "VENDOR", "Vendor"
    ORDER = "ORDER", "Order"
    RECEIPT = "RECEIPT", "Receipt"
    QUANTITY = "QUANTITY", "Quantity"
    PRICE = "PRICE", "Price"
    TAX = "TAX", "Tax"


class HoldKind(TextChoices):
    """Why an invoice is held."""

    DUPLICATE_EXACT = "duplicate_exact", "Duplicate: same vendor and number"
    DUPLICATE_SUSPECTED = "duplicate_suspected", "Possible duplicate"
    VENDOR_UNKNOWN = "vendor_unknown", "Vendor not confirmed"
    VENDOR_HELD = "vendor_held", "Vendor on hold"
    BANK_CHANGED = "bank_changed", "Another bank account than the vendor's"
    MISSING_FIELD = "missing_field", "Something mandatory is missing"
    NO_ORDER = "no_order", "No order named"
    ORDER_UNKNOWN = "order_unknown", "Order not known"
    ORDER_VENDOR = "order_vendor", "Order of another vendor"
    ORDER_LINE = "order_line", "Line is not of the order"
    ORDER_CLOSED = "order_closed", "Order closed or cancelled"
    CURRENCY = "currency", "Another currency than the order's"
    CODING = "coding", "Cost centre missing"
    CREDIT_INCOMPLETE = "credit_incomplete", "Credit note names no invoice of ours"
    CREDIT_OVER = "credit_over", "Credits more than was invoiced"
    NO_RECEIPT = "no_receipt", "Nothing received"
    RECEIPT_REJECTED = "receipt_rejected", "Received, not accepted"
    QUANTITY_RECEIVED = "quantity_received", "More than was received"
    QUANTITY_ORDERED = "quantity_ordered", "More than was ordered"
    PRICE = "price", "Another price than ordered"
    LINE_AMOUNT = "line_amount", "Quantity times price is not the amount"
    HEADER_OVER = "header_over", "Order over-billed"
    CHARGES = "charges", "Freight or other charges"
    NOT_BALANCED = "not_balanced", "Lines do not come to the total"
    TAX_MISSING = "tax_missing", "Tax missing"
    TAX_OVER = "tax_over", "Too much tax"
    TAX_UNDER = "tax_under", "Too little tax"


DESKS: dict[HoldKind, Desk] = {
    HoldKind.DUPLICATE_EXACT: Desk.DUPLICATE,
    HoldKind.DUPLICATE_SUSPECTED: Desk.DUPLICATE,
    HoldKind.VENDOR_UNKNOWN: Desk.VENDOR,
    HoldKind.VENDOR_HELD: Desk.VENDOR,
    HoldKind.BANK_CHANGED: Desk.VENDOR,
    HoldKind.MISSING_FIELD: Desk.VENDOR,
    HoldKind.NO_ORDER: Desk.ORDER,
    HoldKind.ORDER_UNKNOWN: Desk.ORDER,
    HoldKind.ORDER_VENDOR: Desk.ORDER,
    HoldKind.ORDER_LINE: Desk.ORDER,
    HoldKind.ORDER_CLOSED: Desk.ORDER,
    HoldKind.CURRENCY: Desk.ORDER,
    HoldKind.CODING: Desk.ORDER,
    HoldKind.CREDIT_INCOMPLETE: Desk.ORDER,
    HoldKind.CREDIT_OVER: Desk.ORDER,
    HoldKind.NO_RECEIPT: Desk.RECEIPT,
    HoldKind.RECEIPT_REJECTED: Desk.RECEIPT,
    HoldKind.QUANTITY_RECEIVED: Desk.QUANTITY,
    HoldKind.QUANTITY_ORDERED: Desk.QUANTITY,
    HoldKind.PRICE: Desk.PRICE,
    HoldKind.LINE_AMOUNT: Desk.PRICE,
    HoldKind.HEADER_OVER: Desk.PRICE,
    HoldKind.CHARGES: Desk.PRICE,
    HoldKind.NOT_BALANCED: Desk.PRICE,
    HoldKind.TAX_MISSING: Desk.TAX,
    HoldKind.TAX_OVER: Desk.TAX,
    HoldKind.TAX_UNDER: Desk.TAX,
}
DUPLICATES = frozenset({HoldKind.DUPLICATE_EXACT, HoldKind.DUPLICATE_SUSPECTED})
VARIANCES = frozenset(
    {
        HoldKind.NO_RECEIPT,
        HoldKind.RECEIPT_REJECTED,
        HoldKind.QUANTITY_RECEIVED,
        HoldKind.QUANTITY_ORDERED,
        HoldKind.PRICE,
        HoldKind.LINE_AMOUNT,
        HoldKind.HEADER_OVER,
        HoldKind.CHARGES,
        HoldKind.TAX_MISSING,
        HoldKind.TAX_OVER,
        HoldKind.TAX_UNDER,
    }
)
"""What an approver may accept as it is. All else is mended, or the invoice is not paid."""
SMALL = frozenset(
    {
        HoldKind.PRICE,
        HoldKind.LINE_AMOUNT,
        HoldKind.HEADER_OVER,
        HoldKind.CHARGES,
        HoldKind.TAX_OVER,
        HoldKind.TAX_UNDER,
    }
)
"""Differences of money alone: together within the small difference they are let go by."""


class HoldState(TextChoices):
    """Where a hold stands. Only an open one keeps an invoice."""

    OPEN = "open", "Open"
    SETTLED = "settled", "Settled by the facts"
    ACCEPTED = "accepted", "Accepted as it is"
    DISMISSED = "dismissed", "Not the case"


class Measure(TextChoices):
    """What a tolerance allows for."""

    PRICE = "price", "Price, line by line"
    QUANTITY = "quantity", "Quantity, line by line"
    HEADER = "header", "Order as a whole"
    TAX = "tax", "Tax"
    CHARGES = "charges", "Freight and other charges"
    SMALL = "small", "Small difference of the invoice"


class Direction(TextChoices):
    """Which way something differs from what was expected."""

    OVER = "over", "More than expected"
    UNDER = "under", "Less than expected"


class Ending(TextChoices):
    """What became of an invoice, once for all."""

    RELEASED = "released", "Released"
    DUPLICATE = "duplicate", "Duplicate: not to be paid"
    RETURNED = "returned", "Returned to the vendor"
