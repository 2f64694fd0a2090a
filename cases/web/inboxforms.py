"""How the reader wants to be told: the form shapes and explains input, and changes nothing."""

from typing import Any

from django import forms

from cases.notices.queries import Wishes
from cases.notices.vocabulary import MessageKind, Pace


class WishesForm(forms.Form):
    """How soon which kind goes out by mail, and when none does."""

    starts = forms.TimeField(
        label="Quiet from", required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label="Quiet until",
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, wishes: Wishes) -> None:
        rest = wishes.rest
        held = {"version": wishes.version, **{kind.value: p for kind, p in wishes.paces.items()}}
        if rest is not None:
            held |= {"starts": rest.starts, "ends": rest.ends}
        super().__init__(data, initial=held, auto_id="wish_%s")
        for kind in MessageKind:
            self.fields[kind.value] = forms.ChoiceField(label=kind.label, choices=Pace.choices)

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        paces = {kind: Pace(self.cleaned_data[kind.value]) for kind in MessageKind}
        return {
            "paces": paces,
            **{name: self.cleaned_data[name] for name in ("starts", "ends", "version")},
        }
