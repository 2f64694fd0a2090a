"""The forms of a batch of small balances."""

from typing import Any

from django import forms

from cases.types.small_balance.queries import sample_of
from cases.types.small_balance.vocabulary import Outcome
from cases.web.forms import VerbForm, reason_field


class LookForm(VerbForm):
    """What somebody says who looked at a sampled balance."""

    position = forms.TypedChoiceField(label="Which balance", coerce=int)
    outcome = forms.ChoiceField(
        label="What you found",
        choices=Outcome.choices,
        widget=forms.RadioSelect({"class": "choices"}),
    )
    reason = reason_field("What you saw", "Say what you saw.")

    def prepare(self) -> None:
        """What of the sample nobody looked at."""
        left = sample_of(self.case.small_balances).filter(look=None)
        choices = [(each.position, f"{each.position} · {each.account.number}") for each in left]
        self.fields["position"].choices = choices  # type: ignore[attr-defined]  # a choice field

    @property
    def asked(self) -> dict[str, Any]:
        """With the outcome as one."""
        return super().asked | {"outcome": Outcome(self.cleaned_data["outcome"])}
