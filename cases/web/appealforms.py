"""The forms of appeals and of a denial's other ways: they shape and explain input."""

from typing import Any

from django import forms

from cases.evidence.models import Attachment
from cases.types.denial.appeals.lifecycle import Outcome
from cases.types.denial.appeals.merging import FIELDS
from cases.types.denial.appeals.models import (
    Appeal,
    Exhibit,
    ExhibitKind,
    Ground,
    LetterTemplate,
    Method,
    Proof,
    Way,
)
from cases.types.denial.appeals.terms import Decided, Due, Grounds, Particulars
from cases.web.forms import LONGEST_REASON, LONGEST_TEXT, VerbForm, reason_field
from integrations.canonical.models import Payer

DAY = {"invalid": "Write the day as year-month-day, for example 2026-12-01."}
OUTCOMES = [each for each in Outcome.choices if each[0] != Outcome.WITHDRAWN]
STAGES = ("registration", "authorization", "coding", "billing", "clinical", "contract", "none")


def day_field(label: str, missing: str = "", **options: Any) -> forms.DateField:
    """A day; asked for when `missing` says what to do."""
    return forms.DateField(
        label=label,
        required=bool(missing),
        widget=forms.DateInput({"type": "date"}),
        error_messages={"required": missing, **DAY},
        **options,
    )


def amount_field(label: str, **options: Any) -> forms.DecimalField:
    """An amount in the case's currency."""
    wrong = {"required": "Name the amount.", "invalid": "Write an amount, for example 1250.00."}
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=2, error_messages=wrong, **options
    )


class GroundsForm(VerbForm):
    """On what an appeal rests, how much it asks for, and by when it is to be filed."""

    ground = forms.ChoiceField(
        label="Ground",
        choices=Ground.choices,
        error_messages={"required": "Choose on what the appeal rests."},
    )
    amount = amount_field("Amount disputed")
    argument = forms.CharField(
        label="Why should the payer pay?",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
        help_text="In your words; the letter takes it up.",
    )
    due_on = day_field("File by", help_text="Empty: the deadline rules are asked.")
    due_source = forms.CharField(
        label="Where does this day come from?", required=False, max_length=LONGEST_REASON
    )

    @property
    def grounds(self) -> Grounds:
        """As the action takes it."""
        told = self.cleaned_data
        return Grounds(Ground(told["ground"]), told["amount"], told["argument"])

    @property
    def due(self) -> Due | None:
        """The deadline that was typed, if one was."""
        told = self.cleaned_data
        return Due(on=told["due_on"], source=told["due_source"]) if told["due_on"] else None


class AppealForm(VerbForm):
    """What every change of an appeal sends."""

    def __init__(self, *, appeal: Appeal, **given: Any) -> None:
        self.appeal = appeal
        super().__init__(**given)

    def attachments(self) -> Any:
        """The files of the case, newest first."""
        return Attachment.objects.filter(case=self.appeal.case_id).order_by("-pk")


class RegroundForm(GroundsForm, AppealForm):
    """The grounds of an appeal that is there."""


class AppealReasonForm(AppealForm):
    """A change that only needs its reason."""

    reason = reason_field("What is to be said?", "Say it in a few words.")


class LetterForm(AppealForm):
    """What the letter says."""

    subject = forms.CharField(max_length=300, error_messages={"required": "Write a subject."})
    body = forms.CharField(
        label="Text",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 18, "autofocus": True}),
        error_messages={"required": "Write the letter first."},
        help_text=f"An empty line between paragraphs. Fields: {', '.join(sorted(FIELDS))}, "
        "each in double braces.",
    )


class TemplateForm(AppealForm):
    """From which template the letter starts anew."""

    template = forms.ModelChoiceField(
        LetterTemplate.objects.filter(is_active=True).order_by("name", "pk"),
        label="Template",
        error_messages={"required": "Choose a template."},
    )


class ExhibitForm(AppealForm):
    """Which file, and what it proves."""

    attachment = forms.ModelChoiceField(
        Attachment.objects.none(),
        label="File of the case",
        error_messages={"required": "Attach a file to the case first, then choose it."},
    )
    kind = forms.ChoiceField(label="It is", choices=ExhibitKind.choices)
    dated_on = day_field("Its date", help_text="Needed for an acknowledgement.")

    def prepare(self) -> None:
        """The files of this case, by name."""
        field: Any = self.fields["attachment"]
        field.queryset = self.attachments()
        field.label_from_instance = lambda file: file.filename

    def clean_kind(self) -> ExhibitKind:
        """As the action knows it."""
        return ExhibitKind(self.cleaned_data["kind"])


class LeaveOutForm(AppealForm):
    """Which piece of evidence is left out."""

    exhibit = forms.ModelChoiceField(
        Exhibit.objects.none(),
        label="Evidence",
        error_messages={"required": "Choose what to leave out."},
    )

    def prepare(self) -> None:
        """The evidence of this appeal."""
        field: Any = self.fields["exhibit"]
        field.queryset = self.appeal.exhibits.select_related("attachment").order_by("pk")
        field.label_from_instance = lambda each: each.attachment.filename


class AttestForm(AppealForm):
    """That one read the letter whose digest is named."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    is_read = forms.BooleanField(
        label="I have read this letter as it goes out, and what it says is true as far as I know.",
        error_messages={"required": "Read the letter, then say so."},
    )

    @property
    def asked(self) -> dict[str, Any]:
        """The digest is what the action takes."""
        return {"sha256": self.cleaned_data["sha256"]}


class SubmitForm(AppealForm):
    """How and when the packet went out."""

    method = forms.ChoiceField(label="Sent by", choices=Method.choices)
    sent_on = day_field("Sent on", "Say when it was sent.")
    confirmation = forms.CharField(
        label="Confirmation",
        required=False,
        max_length=200,
        help_text="The portal's number, the fax report, the tracking number.",
    )
    is_sent = forms.BooleanField(
        label="I sent exactly the packet named above.",
        error_messages={"required": "Send the packet first, then say so."},
    )

    def clean_method(self) -> Method:
        """As the action knows it."""
        return Method(self.cleaned_data["method"])

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: self.cleaned_data[name] for name in ("method", "sent_on", "confirmation")}


class AcknowledgeForm(AppealReasonForm):
    """That the payer has it."""

    payer_reference = forms.CharField(
        label="Payer’s number for the appeal", required=False, max_length=200
    )


class AskedForm(AppealForm):
    """What the payer said when asked."""

    text = forms.CharField(
        label="What did the payer say?",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3, "autofocus": True}),
        error_messages={"required": "Write down what the payer said."},
    )
    payer_reference = forms.CharField(label="Reference of the call", required=False, max_length=200)


class OutcomeForm(AppealForm):
    """How the payer decided, and what shows it."""

    outcome = forms.ChoiceField(
        label="Outcome",
        choices=OUTCOMES,
        widget=forms.RadioSelect({"class": "choices"}),
        error_messages={"required": "Choose how the payer decided."},
    )
    decided_on = day_field("Decided on", "Say when the payer decided.")
    letter = forms.ModelChoiceField(
        Attachment.objects.none(),
        label="The payer’s decision",
        required=False,
        help_text="A file of the case; attach it there first. Or name the remittance below.",
    )
    trace = forms.CharField(label="Remittance that shows it", required=False, max_length=100)
    overturned = amount_field("Amount given, if in part", required=False)
    is_paid = forms.BooleanField(label="The payment has arrived", required=False)
    reason = reason_field("What did the payer say?", "Say why the payer decided so.")

    def prepare(self) -> None:
        """The files of this case, by name."""
        field: Any = self.fields["letter"]
        field.queryset = self.attachments()
        field.label_from_instance = lambda file: file.filename

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        told = self.cleaned_data
        decided = Decided(
            Outcome(told["outcome"]),
            told["decided_on"],
            told["letter"],
            told["trace"],
            told["overturned"],
            told["is_paid"],
        )
        return {"decided": decided, "reason": told["reason"]}


class WayForm(VerbForm):
    """What every other way says."""

    amount = amount_field("Amount")
    reason = reason_field("Why this way?", "Say why, in a few words.")

    @property
    def particulars(self) -> Particulars:
        """As the action takes it."""
        told = dict(self.asked)
        if told.get("proof"):
            told["proof"] = Proof(told["proof"])
        return Particulars(**told)


class CorrectedClaimForm(WayForm):
    """A corrected claim that was sent."""

    reason = reason_field("What was corrected?", "Say what was corrected.")
    payer_control_number = forms.CharField(
        label="Payer’s claim number it replaces",
        max_length=100,
        error_messages={"required": "Frequency 7 replaces a claim: give the payer’s number of it."},
    )
    sent_on = day_field("Sent on", "Say when it was sent.")
    expected_on = day_field("Answer expected by", "Say by when you expect an answer.")


class SecondaryForm(WayForm):
    """A bill to the payer that pays second."""

    payer = forms.ModelChoiceField(
        Payer.objects.filter(is_confirmed=True).order_by("name", "pk"),
        label="Payer that pays second",
        error_messages={"required": "Choose the payer."},
    )
    sent_on = day_field("Sent on", "Say when it was sent.")


class PatientForm(WayForm):
    """The patient's share."""

    is_cover_checked = forms.BooleanField(
        label="I looked for other cover on the date of service, and there is none.",
        error_messages={"required": "Look for other cover first."},
    )
    sent_on = day_field("Notice given on", "Say when the patient was given notice.")


class WriteOffForm(WayForm):
    """A request to write off, for somebody else to decide."""

    proof = forms.ChoiceField(label="Why is nothing better left?", choices=Proof.choices)
    expected_recovery = amount_field("It can be expected to bring", required=False, min_value=0)
    cost_to_work = amount_field(
        "Working it costs",
        required=False,
        min_value=0,
        help_text="Both are needed where it is uneconomic: it costs more than it can bring.",
    )
    preventable_stage = forms.ChoiceField(
        label="Where could it have been prevented?",
        choices=[(stage, stage.capitalize()) for stage in STAGES],
    )


class ConcludeForm(VerbForm):
    """What came of another way."""

    is_done = forms.TypedChoiceField(
        label="How did it end?",
        choices=[("1", "It is done"), ("0", "Given up")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect({"class": "choices"}),
        error_messages={"required": "Choose how it ended."},
    )
    reason = reason_field("What came of it?", "Say what came of it.")


WAY_FORMS: dict[Way, type[WayForm]] = {
    Way.CORRECTED_CLAIM: CorrectedClaimForm,
    Way.SECONDARY: SecondaryForm,
    Way.PATIENT: PatientForm,
    Way.WRITE_OFF: WriteOffForm,
}
