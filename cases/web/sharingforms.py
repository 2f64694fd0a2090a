"""The forms of working together: they shape and explain input, and change nothing."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from cases.actions.macros import Said
from cases.collaboration.models import Label, Macro
from cases.collaboration.queries import labels_for, labels_on, macros_for
from cases.collaboration.vocabulary import BY_HAND, LinkKind
from cases.web.forms import LONGEST_TEXT, VerbForm, reason_field
from cases.work.models import Case, NoteKind, NoteOutcome
from cases.work.references import Reference

SHORT = 200


def short_field(label: str, **attrs: Any) -> forms.CharField:
    """A line that may stay empty."""
    widget = forms.TextInput({"autocomplete": "off", **attrs})
    return forms.CharField(label=label, max_length=SHORT, required=False, widget=widget)


class CommentForm(VerbForm):
    """What was said or found, with what a call or look-up leaves behind."""

    kind = forms.ChoiceField(choices=NoteKind.choices, initial=NoteKind.COMMENT, required=False)
    text = forms.CharField(
        label="Comment",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4, "autofocus": True}),
        error_messages={"required": "Write something first."},
        help_text="@ and a user name tells somebody who sees this case.",
    )
    tell = short_field("Tell", list="people", placeholder="User name")
    payer_reference = short_field("Payer’s reference", placeholder="Call or ticket number")
    outcome = forms.ChoiceField(choices=[("", "—"), *NoteOutcome.choices], required=False)
    spoken_to = short_field("Spoke to")
    phone = short_field("At number", type="tel")
    call_back_on = forms.DateField(
        label="Call again on", required=False, widget=forms.DateInput({"type": "date"})
    )
    macro = forms.ModelChoiceField(
        Macro.objects.none(), to_field_name="key", required=False, widget=forms.HiddenInput
    )
    then = forms.BooleanField(required=False)

    def prepare(self) -> None:
        """The team's macros; what comes next is asked when the chosen one says so."""
        field: Any = self.fields["macro"]
        field.queryset = macros_for(self.case)
        chosen = self.data.get("macro") or self.initial.get("macro")
        macro = field.queryset.filter(key=chosen).first() if chosen else None
        if macro is None or not macro.verb:
            del self.fields["then"]
        else:
            self.fields["then"].label = f"And then: {macro.get_verb_display().lower()}"

    @property
    def said(self) -> Said:
        """What is written; who is to be told is named at its end."""
        given = self.cleaned_data
        tell = given["tell"].strip().lstrip("@")
        return Said(
            text=f"{given['text']} @{tell}" if tell else given["text"],
            kind=NoteKind(given["kind"] or NoteKind.COMMENT),
            reference=Reference(
                payer_reference=given["payer_reference"],
                outcome=NoteOutcome(given["outcome"]) if given["outcome"] else None,
                spoken_to=given["spoken_to"],
                phone=given["phone"],
                call_back_on=given["call_back_on"],
            ),
        )

    @property
    def macro_to_do(self) -> Macro | None:
        """The macro whose verb is to be done too, if that was left ticked."""
        macro: Macro | None = self.cleaned_data.get("macro")
        return macro if self.cleaned_data.get("then") else None


class LabelsForm(VerbForm):
    """Which labels a case carries."""

    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(),
        to_field_name="key",
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
    )

    def prepare(self) -> None:
        """Those of its team and of everybody."""
        field: Any = self.fields["labels"]
        field.queryset = offered = labels_for(self.case)
        held = {label.pk for label in labels_on(self.case)}
        field.initial = [label.key for label in offered if label.pk in held]
        if not offered:
            field.help_text = "No label is set up for this team yet. A rules steward can add some."


class LinkForm(VerbForm):
    """To which case, and how."""

    other = forms.CharField(
        label="The other case",
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "DN-104167"}),
        error_messages={"required": "Name the other case by its number."},
    )
    kind = forms.ChoiceField(
        label="This case is, to the other one",
        choices=[(kind.value, kind.label) for kind in BY_HAND],
        initial=LinkKind.RELATED,
        widget=forms.RadioSelect({"class": "choices"}),
    )
    reason = reason_field("Why?", "Say what the two have in common.")

    def clean_other(self) -> Case:
        """A case that the reader may see."""
        return named_case(self, "other")

    def clean_kind(self) -> LinkKind:
        """As the links know it."""
        return LinkKind(self.cleaned_data["kind"])


def named_case(form: VerbForm, field: str) -> Case:
    """The case that a field names by its number, if the reader may see it."""
    named = form.cleaned_data[field].strip().upper()
    seen: QuerySet[Case] = Case.objects.visible_to(form.reader)
    found = seen.filter(reference=named).first()
    if found is None:
        raise forms.ValidationError("You see no case of this number.")
    return found
