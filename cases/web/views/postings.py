"""What was not posted: sent again."""

from cases.types.posting_failure import actions
from cases.web import forms
from cases.web.forms import VerbForm
from cases.web.offers import withdraw
from cases.web.views.verbs import SimpleVerb, Words
from cases.work.models import Case


class Replay(SimpleVerb):
    """Send it again."""

    words = Words(
        "Send it again",
        "Send again",
        "It goes under the key it had: the ledger never posts it twice.",
    )
    form_class = forms.ReasonForm
    action = staticmethod(actions.replay)
    said = "It is sent again. {case} closes by itself when the ledger confirms it."

    def go(self, case: Case, form: VerbForm) -> str:
        """Act; what was sent is not undone by a key."""
        url = super().go(case, form)
        withdraw(self.request)
        return url
