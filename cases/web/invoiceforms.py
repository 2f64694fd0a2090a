"""The forms of held invoices: they shape and explain input."""

from typing import Any

from django import forms

from cases.types.invoice_exception.actions import Booking
from cases.web.forms import VerbForm, reason_field
from integrations.canonical.models import InvoiceLine


class CodingForm(VerbForm):
    """Where a line is booked."""

    line = forms.ChoiceField(
        label="Line", error_messages={"required": "Choose the line that is booked."}
    )
    cost_centre = forms.CharField(
        label="Cost centre",
        max_length=100,
        error_messages={"required": "Name the cost centre it is booked to."},
    )
    account = forms.CharField(label="Account, if not the usual one", max_length=100, required=False)
    reason = reason_field("Who said so?", "Say who gave the cost centre.")

    def prepare(self) -> None:
        """The lines of the invoice."""
        rows = InvoiceLine.objects.filter(invoice__cases=self.case).order_by("pk")
        field: Any = self.fields["line"]
        field.choices = [(row.number, f"{row.number} {row.description}"[:90]) for row in rows]

    @property
    def asked(self) -> dict[str, Any]:
        """As the action takes it."""
        given = self.cleaned_data
        return {
            "booking": Booking(given["line"], given["cost_centre"], given["account"]),
            "reason": given["reason"],
        }
