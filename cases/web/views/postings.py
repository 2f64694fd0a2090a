"""What was not posted, sent again; what was, taken back."""

from cases.actions import posting
from cases.types.posting_failure import actions
from cases.web import forms
from cases.web.forms import VerbForm
from cases.web.offers import withdraw
from cases.web.postingforms import ReverseForm
from cases.web.views.verbs import SimpleVerb, Words
from cases.work.models import Case


class Posting(SimpleVerb):
    """A verb on what is posted elsewhere."""

    def go(self, case: Case, form: VerbForm) -> str:
        """Act; what was sent is not undone by a key."""
        url = super().go(case, form)
        withdraw(self.request)
        return url


class Replay(Posting):
    """Send it again."""

    words = Words(
        "Send it again",
        "Send again",
        "It goes under the key it had: the ledger never posts it twice.",
    )
    form_class = forms.ReasonForm
    action = staticmethod(actions.replay)
    said = "It is sent again. {case} closes by itself when the ledger confirms it."


class Reverse(Posting):
    """Take a voucher back."""

    words = Words(
        "Reverse a voucher",
        "Reverse",
        "An equal and opposite voucher is booked. To have it decided anew, reopen the case.",
    )
    form_class = ReverseForm
    action = staticmethod(posting.take_back)
    said = "{journal} is reversed."
