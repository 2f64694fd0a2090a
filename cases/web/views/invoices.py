"""Held invoices: each page asks, one action answers."""

from cases.types.invoice_exception import actions
from cases.web import forms
from cases.web.invoiceforms import CodingForm
from cases.web.views.verbs import SimpleVerb, Words


class InvoiceVerb(SimpleVerb):
    """A verb that asks others, or matches anew."""

    is_lasting = True


class Release(InvoiceVerb):
    """Ask for approval to release an invoice as it is."""

    words = Words("Ask to release the invoice as it is", "Ask", "Others approve it, not you.")
    form_class = forms.ReasonForm
    action = staticmethod(actions.request_release)
    said = "{case} waits for approval."


class ConfirmDuplicate(InvoiceVerb):
    """Say that an invoice is held twice."""

    words = Words("This is a duplicate", "It is a duplicate", "The invoice is not paid.")
    form_class = forms.ReasonForm
    action = staticmethod(actions.confirm_duplicate)
    said = "{case} is closed as a duplicate."


class SendBack(InvoiceVerb):
    """Return an invoice to its vendor."""

    words = Words("Return the invoice to the vendor", "Return", "The invoice is not paid.")
    form_class = forms.ReasonForm
    action = staticmethod(actions.send_back)
    said = "The invoice of {case} goes back to its vendor."


class Code(InvoiceVerb):
    """Say where a line is booked."""

    words = Words("Book a line", "Book", "The invoice is matched again.")
    form_class = CodingForm
    action = staticmethod(actions.code_line)
    said = "The line is booked, and {case} was matched again."


class Recheck(InvoiceVerb):
    """Match an invoice again."""

    words = Words("Match the invoice again", "Match again")
    action = staticmethod(actions.recheck)
    said = "{case} was matched again."
