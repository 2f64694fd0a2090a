"""What the house decides about vendors' invoices: tolerances, holds, coding, and how each ended.

The database keeps the one rule that matters most by itself: an invoice that is held is not
released, whoever asks (`cases_release_without_holds`, in the migration that makes these tables).
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
    rate_field,
)
from billing_portal.kernel.models.dated import is_period, once_at_a_time
from billing_portal.kernel.models.history import History
from cases.types.invoice_exception.vocabulary import (
    DUPLICATES,
    Direction,
    Ending,
    HoldKind,
    HoldState,
    Measure,
)
from integrations.canonical.models import Facility, InvoiceLine, Vendor, VendorInvoice

NOBODY = models.Value(0)


class Tolerance(TimestampedModel):
    """How much may differ in a period: the lower of `percent` and `amount`, in `currency`.

    Empty scopes fit everything; the narrowest that fits holds. An open end is NULL, an end is
    exclusive. `citation` says where it comes from.
    """

    measure = models.TextField(choices=Measure.choices)
    direction = models.TextField(choices=Direction.choices)
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    category = models.TextField(default="", blank=True, help_text="A vendor's category.")
    facility = models.ForeignKey(
        Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    percent = rate_field(null=True, blank=True, help_text="Of what was expected.")
    amount = money_field(null=True, blank=True)
    currency = currency_field()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    citation = models.TextField()
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("measure", Measure), name="tolerance_measure"
            ),
            models.CheckConstraint(
                condition=is_choice("direction", Direction), name="tolerance_direction"
            ),
            models.CheckConstraint(condition=is_currency("currency"), name="tolerance_currency"),
            models.CheckConstraint(
                condition=(Q(percent__isnull=False) | Q(amount__isnull=False))
                & (Q(percent__isnull=True) | Q(percent__gte=0))
                & (Q(amount__isnull=True) | Q(amount__gte=0)),
                name="tolerance_limits",
            ),
            is_period("tolerance_period"),
            once_at_a_time(
                "tolerance_once_at_a_time",
                "measure",
                "direction",
                "category",
                "currency",
                Coalesce("vendor_id", NOBODY),
                Coalesce("facility_id", NOBODY),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()}, {self.get_direction_display()}"


class Hold(TimestampedModel):
    """One thing that stands against releasing an invoice; there may be several at once.

    `line` empty: the invoice as a whole. `amount` is what it comes to, in the invoice's currency.
    `other` is the invoice that it may be a duplicate of, `tolerance` what would have let a smaller
    difference go by. Facts settle it; people accept it by an approval, or say that it is not the
    case. A duplicate is never ended by who entered the invoice.
    """

    invoice = models.ForeignKey(VendorInvoice, on_delete=models.PROTECT, related_name="holds")
    kind = models.TextField(choices=HoldKind.choices)
    line = models.TextField(default="")
    words = models.TextField()
    amount = money_field()
    other = models.ForeignKey(VendorInvoice, on_delete=models.PROTECT, null=True, related_name="+")
    tolerance = models.ForeignKey(Tolerance, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=HoldState.choices, default=HoldState.OPEN)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("kind", HoldKind), name="hold_kind"),
            models.CheckConstraint(condition=is_choice("state", HoldState), name="hold_state"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="hold_amount"),
            models.CheckConstraint(
                condition=Q(
                    state=HoldState.OPEN,
                    ended_by__isnull=True,
                    reason="",
                )
                | (~Q(state=HoldState.OPEN) & Q(ended_by__isnull=False) & ~Q(reason="")),
                name="hold_ended_whole",
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | Q(kind__in=sorted(DUPLICATES)),
                name="hold_other",
            ),
            models.UniqueConstraint(
                fields=["invoice", "kind", "line"],
                condition=Q(state=HoldState.OPEN),
                name="hold_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.line}".strip()


class LineCoding(TimestampedModel):
    """Where a line is booked that has no order to say so, or another place than its order says."""

    line = models.OneToOneField(InvoiceLine, on_delete=models.PROTECT, related_name="coding")
    cost_centre = models.TextField()
    account = models.TextField(default="")
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(cost_centre=""), name="linecoding_cost_centre")
        ]

    def __str__(self) -> str:
        return self.cost_centre


class InvoiceEnding(AppendOnlyModel):
    """What became of an invoice, once for all: released, or not to be paid.

    `reference` names the approval that released it, if one did. No invoice is released while a hold
    on it is open, and none is held after it ended: the database refuses both.
    """

    invoice = models.OneToOneField(VendorInvoice, on_delete=models.PROTECT, related_name="ending")
    ending = models.TextField(choices=Ending.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    reference = models.TextField(default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("ending", Ending), name="invoiceending_ending"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="invoiceending_reason"),
        ]

    def __str__(self) -> str:
        return self.get_ending_display()
