"""Batches of small balances: looking at the sample, and asking for a signature."""

from typing import Any

from django.http import Http404

from cases.types.small_balance import actions
from cases.types.small_balance.vocabulary import KEY, Outcome
from cases.web import forms
from cases.web.balanceforms import LookForm
from cases.web.forms import VerbForm
from cases.web.views.verbs import VerbView, Words
from cases.work.models import Case


class BatchVerb(VerbView):
    """A verb of a batch, which no key undoes; other cases do not have it."""

    is_lasting = True

    def form(self, case: Case, **given: Any) -> VerbForm:
        """The form, for a batch."""
        if case.case_type != KEY:
            raise Http404
        return super().form(case, **given)


class Look(BatchVerb):
    """Say of one sampled balance whether it is right."""

    words = Words(
        "Look at a balance",
        "Record",
        "What you say is never changed. Who looks does not sign. A wrong one takes the batch back.",
    )
    form_class = LookForm

    def suggested(self, case: Case) -> dict[str, Any]:
        """The balance that was chosen on the page."""
        return {"position": self.request.GET.get("position")}

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Record."""
        made = actions.look(case=case, **self.who_and_when, **seen, **form.asked)
        is_right = made.outcome == Outcome.RIGHT
        return "Recorded: right." if is_right else f"{case} is taken back."


class AskToSign(BatchVerb):
    """Ask somebody else to sign the batch."""

    words = Words("Ask to sign the batch", "Ask", "Somebody else signs it, who did not look at it.")
    form_class = forms.ReasonForm

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Ask."""
        made = actions.request(case=case, **self.who_and_when, **seen, **form.asked)
        return f"{made.reference} asks for a signature."
