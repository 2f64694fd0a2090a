"""The forms of emergency access."""

from typing import Any

from django import forms

from cases.types.emergency_access.vocabulary import LONGEST_HOURS, Verdict
from cases.web.forms import VerbForm, reason_field
from cases.work.models import Queue
from integrations.canonical.models import Facility


class AskForm(forms.Form):
    """Which queue of which site, for how long, and why."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    queue = forms.ModelChoiceField(
        Queue.objects.filter(is_active=True).order_by("position", "name", "pk"), label="Queue"
    )
    facility = forms.ModelChoiceField(Facility.objects.order_by("name", "pk"), label="Site")
    hours = forms.IntegerField(
        label="For how many hours",
        min_value=1,
        max_value=LONGEST_HOURS,
        help_text=f"{LONGEST_HOURS} at most; it ends by itself.",
    )
    reason = reason_field("What is the emergency?", "Say what the emergency is.")

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes beside the actor and the time."""
        return {name: each for name, each in self.cleaned_data.items() if name != "key"}


class ReviewForm(VerbForm):
    """What a third person says of it."""

    verdict = forms.ChoiceField(
        label="What you found",
        choices=Verdict.choices,
        widget=forms.RadioSelect({"class": "choices"}),
    )
    reason = reason_field("Why", "Say why.")

    @property
    def asked(self) -> dict[str, Any]:
        """With the verdict as one."""
        return super().asked | {"verdict": Verdict(self.cleaned_data["verdict"])}
