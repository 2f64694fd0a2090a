"""What we bought: vendors, orders, receipts of goods, and what vendors bill for them.

Vendors and orders are tracked, since people and later versions correct them; receipts and invoices
are facts, exactly as sent. Amounts are in the document's currency; a credit note's are positive for
what the vendor owes us. A line names the order and its line as its sender did, so that a receipt or
an invoice may come before its order: they are joined when they are asked for.
"""

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
    quantity_field,
)
from billing_portal.kernel.models.history import History
from integrations.canonical.models.parties import Facility
from integrations.canonical.models.sources import Source

ONE = Decimal(1)


class VendorHold(models.TextChoices):
    """What of a vendor's may not go on, whatever its invoices say."""

    NONE = "none", "Nothing held"
    PAYMENT = "payment", "Payments held"
    POSTING = "posting", "Nothing may be posted"


class MatchWay(models.IntegerChoices):
    """Against what a line is matched."""

    TWO = 2, "Order"
    THREE = 3, "Order and receipt"
    FOUR = 4, "Order, receipt and inspection"


class Vendor(TimestampedModel):
    """Who bills us.

    `is_confirmed` is false for one first met in a document, until a person says who it is. `way`
    is how its invoices are matched where the order's line does not say. `bank_digest` is of the
    account that is known to be its: SHA-256, the number itself is not kept here.
    """

    key = models.TextField(unique=True)
    name = models.TextField()
    tax_number = models.TextField(default="", blank=True)
    bank_digest = models.TextField(default="", blank=True)
    category = models.TextField(default="", blank=True)
    hold = models.TextField(choices=VendorHold.choices, default=VendorHold.NONE)
    way = models.PositiveSmallIntegerField(choices=MatchWay.choices, default=MatchWay.THREE)
    needs_order = models.BooleanField(default=True)
    is_confirmed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("hold", VendorHold), name="vendor_hold"),
            models.CheckConstraint(condition=Q(way__in=[2, 3, 4]), name="vendor_way"),
        ]

    def __str__(self) -> str:
        return self.name


class VendorIdentifier(TimestampedModel):
    """Crosswalk: what one source calls a vendor."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    identifier = models.TextField()
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="identifiers")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "identifier"], name="vendoridentifier_once")
        ]

    def __str__(self) -> str:
        return self.identifier


class OrderStanding(models.TextChoices):
    """Whether goods may still be billed against an order."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


class PurchaseOrder(TimestampedModel):
    """One order of ours, by its newest version; its number is ours and unique."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    number = models.TextField(unique=True)
    revision = models.PositiveIntegerField()
    digest = models.TextField()
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="orders")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    standing = models.TextField(choices=OrderStanding.choices)
    ordered_on = models.DateField()
    currency = currency_field()
    charges = money_field()

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("standing", OrderStanding), name="purchaseorder_standing"
            ),
            models.CheckConstraint(
                condition=is_currency("currency"), name="purchaseorder_currency"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(TimestampedModel):
    """One line as ordered; `price` is for `per` units. `way` NULL: as the vendor's usually.

    `is_withdrawn`: a later version of the order no longer has it.
    """

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="lines")
    number = models.TextField()
    description = models.TextField(default="")
    item = models.TextField(default="")
    quantity = quantity_field()
    unit = models.TextField(default="")
    price = quantity_field()
    per = quantity_field(default=ONE)
    tax_rate = quantity_field(null=True)
    cost_centre = models.TextField(default="")
    account = models.TextField(default="")
    way = models.PositiveSmallIntegerField(choices=MatchWay.choices, null=True)
    is_withdrawn = models.BooleanField(default=False)

    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="orderline_once"),
            models.CheckConstraint(condition=Q(per__gt=0), name="orderline_per"),
            models.CheckConstraint(
                condition=Q(way__isnull=True) | Q(way__in=[2, 3, 4]), name="orderline_way"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.number}"


class GoodsReceipt(AppendOnlyModel):
    """Goods or services taken in against an order; its number is ours and unique."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    number = models.TextField(unique=True)
    order_number = models.TextField()
    digest = models.TextField()
    received_on = models.DateField()
    receiver = models.TextField(default="")
    correlation_id = models.TextField(default="")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["order_number"], name="goodsreceipt_of_order")]

    def __str__(self) -> str:
        return self.number


class ReceiptLine(AppendOnlyModel):
    """What came of one line; a return is negative. `accepted` NULL: nobody inspected it."""

    receipt = models.ForeignKey(GoodsReceipt, on_delete=models.PROTECT, related_name="lines")
    number = models.TextField()
    order_line = models.TextField()
    quantity = quantity_field()
    accepted = quantity_field(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "number"], name="receiptline_once")
        ]

    def __str__(self) -> str:
        return f"line {self.number}"


class InvoiceKind(models.TextChoices):
    """Who owes whom by the document."""

    INVOICE = "invoice", "Invoice"
    CREDIT_NOTE = "credit_note", "Credit note"


class VendorInvoice(AppendOnlyModel):
    """A vendor's invoice or credit note, as received.

    Its key is the vendor as named, the kind and the number: the same key with other content is an
    incident. `total` holds rounding and what is prepaid. `missing` names what its sender left
    blank. `entered_by` handed it in; `message_sha256` and `position` say where it stands.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField(choices=InvoiceKind.choices)
    vendor_identifier = models.TextField()
    number = models.TextField()
    digest = models.TextField()
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="invoices")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    tax_number = models.TextField(default="")
    bank_digest = models.TextField(default="")
    issued_on = models.DateField()
    due_on = models.DateField(null=True)
    currency = currency_field()
    order_number = models.TextField(default="")
    corrects = models.TextField(default="")
    net = money_field()
    allowances = money_field()
    charges = money_field()
    tax = money_field()
    rounding = money_field()
    prepaid = money_field()
    total = money_field()
    is_balanced = models.BooleanField()
    missing = models.TextField(default="")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    message_sha256 = models.TextField()
    correlation_id = models.TextField(default="")
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vendor_identifier", "number", "kind"], name="vendorinvoice_once"
            ),
            models.CheckConstraint(
                condition=is_choice("kind", InvoiceKind), name="vendorinvoice_kind"
            ),
            models.CheckConstraint(
                condition=is_currency("currency"), name="vendorinvoice_currency"
            ),
            models.CheckConstraint(
                condition=Q(
                    is_balanced=True,
                    total=models.F("net")
                    - models.F("allowances")
                    + models.F("charges")
                    + models.F("tax")
                    + models.F("rounding"),
                )
                | Q(is_balanced=False),
                name="vendorinvoice_balance",
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "issued_on"], name="vendorinvoice_of_vendor"),
            models.Index(fields=["order_number"], name="vendorinvoice_of_order"),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(AppendOnlyModel):
    """One line as billed, net of tax; `price` is for `per` units, NULL: only the amount is told.

    `adjustment` is what charges less allowances of the line add to quantity times price. The order
    is the line's own, or that of the whole invoice.
    """

    invoice = models.ForeignKey(VendorInvoice, on_delete=models.PROTECT, related_name="lines")
    number = models.TextField()
    description = models.TextField(default="")
    item = models.TextField(default="")
    quantity = quantity_field()
    unit = models.TextField(default="")
    price = quantity_field(null=True)
    per = quantity_field(default=ONE)
    adjustment = money_field()
    amount = money_field()
    tax_rate = quantity_field(null=True)
    order_number = models.TextField(default="")
    order_line = models.TextField(default="")
    cost_centre = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "number"], name="invoiceline_once"),
            models.CheckConstraint(condition=Q(per__gt=0), name="invoiceline_per"),
        ]
        indexes = [models.Index(fields=["order_number"], name="invoiceline_of_order")]

    def __str__(self) -> str:
        return f"line {self.number}"
