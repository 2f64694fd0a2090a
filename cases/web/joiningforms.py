"""The forms of merging and splitting: they shape and explain input, and change nothing."""

from typing import Any

from django import forms

from cases.actions.joining import Seen
from cases.joining.queries import mergeable
from cases.web.forms import VerbForm, reason_field
from cases.web.presenters import shown_money
from cases.work.models import Case
from cases.work.types import CASE_TYPES

THIS, THAT = "this", "that"
CHANGED = "One of them was changed meanwhile. Look again, then choose."


class MergeForm(VerbForm):
    """Which cases become one, and which of them stays."""

    cases = forms.MultipleChoiceField(
        label="The other cases of this patient’s account",
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
        error_messages={"required": "Choose at least one.", "invalid_choice": CHANGED},
    )
    stays = forms.ChoiceField(
        label="Which one stays?",
        choices=[(THIS, "This one; the chosen ones end"), (THAT, "The chosen one; this one ends")],
        initial=THIS,
        widget=forms.RadioSelect({"class": "choices"}),
    )
    reason = reason_field("Why?", "Say why they are one case.")

    def prepare(self) -> None:
        """The cases that could be one with it, each as it stands now."""
        field: Any = self.fields["cases"]
        self.others = {
            f"{other.public_id}.{other.version}": other
            for other in mergeable(self.case, reader=self.reader)
        }
        field.choices = [(key, words_of(other)) for key, other in self.others.items()]
        if not self.others:
            field.help_text = "You see no other open case of this kind on the account."

    def clean(self) -> dict[str, Any] | None:
        """One that stays is one."""
        given = super().clean()
        if self.cleaned_data.get("stays") == THAT and len(self.cleaned_data.get("cases", ())) > 1:
            self.add_error("cases", "Choose the one that stays.")
        return given

    @property
    def chosen(self) -> list[Case]:
        """The other cases."""
        return [self.others[key] for key in self.cleaned_data["cases"]]

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes: which end, which stays, as both were seen."""
        given = self.cleaned_data
        this, others = given["seen_version"] or 0, self.chosen
        if given["stays"] == THAT:
            into, cases, seen = others[0], [Seen(self.case, this)], others[0].version
        else:
            into, cases, seen = self.case, [Seen(each, each.version) for each in others], this
        return {"into": into, "cases": cases, "seen_version": seen, "reason": given["reason"]}


class SplitForm(VerbForm):
    """Which parts become a case of their own."""

    items = forms.MultipleChoiceField(
        label="What becomes a case of its own?",
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
        error_messages={
            "required": "Choose what is to be split off.",
            "invalid_choice": CHANGED,
        },
    )
    reason = reason_field("Why?", "Say why it is worked by itself.")

    def prepare(self) -> None:
        """The parts it has now of which something is denied."""
        field: Any = self.fields["items"]
        every = CASE_TYPES.get(self.case.case_type).items(self.case.key)
        parts = [part for part in every if part.amount]
        field.choices = [
            (
                part.key,
                f"{part.words} · {shown_money(part.amount, self.case.currency)} denied"
                + (f" · {part.codes}" if part.codes else ""),
            )
            for part in parts
        ]
        if len(parts) < 2:
            field.help_text = "This case has only one part."


def words_of(case: Case) -> str:
    """A case as a choice."""
    amount = shown_money(case.amount_at_risk, case.currency)
    payer = case.payer.name if case.payer else ""
    return " · ".join(filter(None, (case.reference, case.title, payer, amount)))
