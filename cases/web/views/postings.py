"""What was not posted, sent again; what was, taken back."""

from cases.actions import posting
from cases.types.posting_failure import actions
from cases.web import forms
from cases.web.postingforms import ReverseForm
from cases.web.views.verbs import SimpleVerb, Words


class Posting(SimpleVerb):
    """A verb on what is posted elsewhere: what was sent is not undone by a key."""

    is_lasting = True


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
