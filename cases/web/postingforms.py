"""The form of what is taken back in the books: it shapes and explains input."""

from typing import Any

from django import forms

from cases.effects.models import Journal
from cases.effects.queries import reversible
from cases.web.forms import ReasonForm
from cases.web.presenters import shown_money


class ReverseForm(ReasonForm):
    """Which voucher, and why."""

    journal = forms.ChoiceField(
        label="Voucher", error_messages={"required": "Choose the voucher that is reversed."}
    )
    field_order = ("journal", "reason")

    def prepare(self) -> None:
        """The vouchers of the case that can be reversed now."""
        field: Any = self.fields["journal"]
        field.choices = [
            (journal.reference, f"{journal} · {amount_of(journal)} · {journal.text}")
            for journal in (each.journal for each in reversible(self.case))
        ]


def amount_of(journal: Journal) -> str:
    """What a voucher comes to."""
    return shown_money(journal.total, journal.currency)
