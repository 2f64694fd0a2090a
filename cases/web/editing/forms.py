"""What the verbs of an edition ask."""

from typing import Any

from django import forms

from cases.web.forms import LONGEST_REASON, reason_field


class EditionForm(forms.Form):
    """A verb that asks nothing but the version seen."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **{**given, "auto_id": "verb_%s"})

    def asked(self, *, is_versioned: bool) -> dict[str, Any]:
        """What the action takes beside the edition, the actor and the time."""
        said = dict(self.cleaned_data)
        seen = said.pop("seen_version") or 0
        return {**said, "seen_version": seen} if is_versioned else said


class WhyForm(EditionForm):
    """A verb that needs its reason."""

    reason = reason_field("Why?", "Say why, in a few words.")


class ScheduleForm(EditionForm):
    """From when on."""

    activates_at = forms.DateTimeField(
        label="In force from",
        help_text="Your time. A moment that has passed means at once.",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": "Choose the moment from which it is in force.",
            "invalid": "Write day and time, for example 2026-12-01 08:00.",
        },
    )


class BacktestForm(forms.Form):
    """Over how many days."""

    days = forms.IntegerField(min_value=1, max_value=366, initial=90)


class NoteForm(forms.Form):
    """What an edition is for."""

    note = forms.CharField(max_length=LONGEST_REASON, required=False)
