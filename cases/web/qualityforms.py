"""The forms of a lead: a second look, and sharing work out anew."""

from typing import Any

from django import forms

from billing_portal.accounts.models import User
from cases.insights.rebalancing import Candidate
from cases.quality.models import QaSample
from cases.web.forms import reason_field
from cases.work.lifecycle import Disposition
from cases.work.types import CASE_TYPES


class ReviewForm(forms.Form):
    """How it should have ended, and why."""

    verdict = forms.ChoiceField(
        label="How should it have ended?",
        widget=forms.RadioSelect({"class": "choices"}),
        error_messages={"required": "Choose how it should have ended."},
    )
    reason = reason_field("Why?", "Say why it should have ended so.")

    def __init__(self, data: Any = None, *, sample: QaSample, **given: Any) -> None:
        super().__init__(data, auto_id="review_%s", **given)
        field: Any = self.fields["verdict"]
        offered = CASE_TYPES.get(sample.case.case_type).dispositions
        field.choices = [(each.value, each.label) for each in offered]

    def clean_verdict(self) -> Disposition:
        """As the lifecycle knows it."""
        return Disposition(self.cleaned_data["verdict"])


class RebalanceForm(forms.Form):
    """Among whom, and why."""

    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Among whom?",
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
        error_messages={"required": "Choose at least two people."},
    )
    with_free = forms.BooleanField(
        label="Give out what nobody has as well", required=False, initial=True
    )
    reason = reason_field("Why?", "Say why the work is shared out anew.")

    def __init__(self, data: Any = None, *, candidates: list[Candidate], **given: Any) -> None:
        super().__init__(data, auto_id="share_%s", **given)
        field: Any = self.fields["people"]
        field.queryset = User.objects.filter(pk__in=[each.user.pk for each in candidates])
        field.choices = [
            (each.user.pk, f"{each.user}: {each.cases:,} cases, weight {each.weight.normalize():f}")
            for each in candidates
        ]
        if not self.is_bound:
            self.initial["people"] = [each.user.pk for each in candidates]

    def clean_people(self) -> list[User]:
        """Two at least: with one there is nothing to share."""
        people = list(self.cleaned_data["people"])
        if len(people) < 2:
            message = "Choose at least two people."
            raise forms.ValidationError(message)
        return people
