"""The forms of the portal: they shape and explain input, and change nothing."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from billing_portal.accounts.models import KeyboardMode, Theme, User
from cases.actions.backdating import Voucher
from cases.actions.revealing import Purpose
from cases.effects.models import JournalTemplate
from cases.priority.models import SkipReason
from cases.routing.vocabulary import NotOurs
from cases.work.lifecycle import Disposition
from cases.work.models import Case, Queue, WakeEvent
from cases.work.queries import workers_of
from cases.work.types import CASE_TYPES
from cases.work.visibility import scope_of
from integrations.canonical.models import Source

LONGEST_REASON = 2_000
LONGEST_TEXT = 20_000
MORNING = time(8)


class MultipleFiles(forms.ClearableFileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; its value is a list."""

    widget = MultipleFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file by itself; none at all is refused as one that is missing."""
        files = (data or [None]) if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files]


class VerbForm(forms.Form):
    """What every change of a case sends: the version seen, and a key that makes it once."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *, case: Case, reader: User, **given: Any) -> None:
        super().__init__(auto_id="verb_%s", **given)
        self.case, self.reader = case, reader
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices that depend on the case or its reader."""

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes beside the case, the actor, the time and the version."""
        return {k: v for k, v in self.cleaned_data.items() if k not in {"seen_version", "key"}}


def typed(form_class: type[VerbForm], draft: Mapping[str, str]) -> dict[str, str]:
    """What of a draft fills its form again: what was written or chosen, never what is confirmed."""
    return {
        name: draft[name]
        for name, field in form_class.base_fields.items()
        if name in draft
        and not field.widget.is_hidden
        and not isinstance(field, forms.BooleanField)
    }


def reason_field(label: str, missing: str) -> forms.CharField:
    """Why; never empty."""
    return forms.CharField(
        label=label,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
        error_messages={"required": missing},
    )


class ReasonForm(VerbForm):
    """A change that only needs its reason."""

    reason = reason_field("Why?", "Say why, in a few words.")


class BackdateForm(VerbForm):
    """One voucher, and a day of a closed period."""

    template = forms.ChoiceField(label="Which voucher")
    amount = forms.DecimalField(
        label="Amount", max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    on = forms.DateField(label="On which day", widget=forms.DateInput({"type": "date"}))
    reason = reason_field("Why must it stand there?", "Say why it must stand in that period.")

    def prepare(self) -> None:
        """The templates that there are."""
        keys = JournalTemplate.objects.order_by("label", "key").values_list("key", "label")
        choices = dict(keys)
        self.fields["template"].choices = list(choices.items())  # type: ignore[attr-defined]  # a choice field

    @property
    def asked(self) -> dict[str, Any]:
        """With the voucher as one."""
        given = self.cleaned_data
        voucher = Voucher(given["template"], given["amount"], given["on"])
        return {"voucher": voucher, "reason": given["reason"]}


class SkipForm(VerbForm):
    """Why a case is passed over."""

    skip_reason = forms.ChoiceField(label="Why?", choices=SkipReason.choices)
    note = forms.CharField(
        label="Note", required=False, max_length=500, help_text="Needed for another reason."
    )


class AssignForm(VerbForm):
    """To whom."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label="To", error_messages={"required": "Choose who takes it."}
    )
    reason = reason_field("Why?", "Say why it goes to them.")

    def prepare(self) -> None:
        """Those who may work this queue."""
        self.owner_field.queryset = workers_of(self.case.queue)
        self.owner_field.widget.attrs["autofocus"] = True

    @property
    def owner_field(self) -> Any:
        """The field, as the form instance holds it."""
        return self.fields["owner"]


class TransferForm(VerbForm):
    """Where to."""

    queue = forms.ModelChoiceField(
        Queue.objects.none(),
        label="To which queue",
        error_messages={"required": "Choose the queue that can work it."},
    )
    cause = forms.ChoiceField(
        label="Why is it not ours?",
        choices=NotOurs.choices,
        required=False,
        widget=forms.RadioSelect({"class": "choices"}),
    )
    reason = reason_field("In your words", "Say why: it improves the routing rules.")

    def prepare(self) -> None:
        """Every other open queue: a case may go where its sender cannot follow."""
        field: Any = self.fields["queue"]
        field.queryset = (
            Queue.objects.filter(is_active=True)
            .exclude(pk=self.case.queue_id)
            .order_by("position", "name", "pk")
        )
        field.widget.attrs["autofocus"] = True

    def clean_cause(self) -> NotOurs:
        """As routing counts it."""
        return NotOurs(self.cleaned_data["cause"] or NotOurs.OTHER)

    @property
    def is_leaving(self) -> bool:
        """Whether the case goes out of its sender's sight."""
        return self.cleaned_data["queue"].pk not in scope_of(self.reader).queues


class DeferForm(VerbForm):
    """Until which day."""

    until = forms.DateField(
        label="Until",
        help_text="It comes back that morning at 8:00, your time; 90 days at most.",
        widget=forms.DateInput({"type": "date", "autofocus": True}),
        error_messages={
            "required": "Choose the day on which it comes back.",
            "invalid": "Write the day as year-month-day, for example 2026-12-01.",
        },
    )
    event = forms.ChoiceField(
        label="Or earlier, when",
        choices=[("", "Only then"), *WakeEvent.choices],
        required=False,
    )
    reason = reason_field("What do you wait for?", "Say what you wait for.")

    def clean_event(self) -> WakeEvent | None:
        """As the action knows it; none: the day alone."""
        event = self.cleaned_data["event"]
        return WakeEvent(event) if event else None

    def clean_until(self) -> datetime:
        """The morning of that day, in the reader's zone."""
        zone = timezone.get_current_timezone()
        return datetime.combine(self.cleaned_data["until"], MORNING, tzinfo=zone)


class StepForm(VerbForm):
    """Which step, done or not."""

    step = forms.CharField(max_length=100, widget=forms.HiddenInput)
    is_done = forms.TypedChoiceField(
        choices=[("1", "Done"), ("0", "Open")],
        coerce=lambda value: value == "1",
        widget=forms.HiddenInput,
    )


class AttachForm(VerbForm):
    """A file."""

    file = forms.FileField(
        label="File",
        help_text="PDF, image, text, office document; checked by its content.",
        error_messages={"required": "Choose a file first.", "empty": "This file is empty."},
    )


class ResolveForm(VerbForm):
    """How it ended."""

    disposition = forms.ChoiceField(
        label="How did it end?",
        widget=forms.RadioSelect({"class": "choices"}),
        error_messages={"required": "Choose how it ended."},
    )
    reason = reason_field("What settled it?", "Say what settled it: payment, reference, date.")

    def prepare(self) -> None:
        """What the case's type offers."""
        field: Any = self.fields["disposition"]
        offered = CASE_TYPES.get(self.case.case_type).dispositions
        field.choices = [(each.value, each.label) for each in offered]
        field.widget.attrs["autofocus"] = True

    def clean_disposition(self) -> Disposition:
        """As the lifecycle knows it."""
        return Disposition(self.cleaned_data["disposition"])


class RevealForm(VerbForm):
    """What the name is needed for."""

    purpose = forms.ChoiceField(
        label="What do you need it for?",
        choices=Purpose.choices,
        widget=forms.RadioSelect({"class": "choices", "autofocus": True}),
        error_messages={"required": "Choose what you need it for."},
    )

    def clean_purpose(self) -> Purpose:
        """As the action knows it."""
        return Purpose(self.cleaned_data["purpose"])


class NoticeForm(forms.Form):
    """How a notice was seen to."""

    reason = reason_field("What was done about it?", "Say what was done, in a few words.")


class SettingsForm(forms.Form):
    """How the portal looks and listens to its reader."""

    theme = forms.ChoiceField(choices=Theme.choices, widget=forms.RadioSelect({"class": "choices"}))
    keyboard_mode = forms.ChoiceField(
        label="Single-key shortcuts",
        choices=KeyboardMode.choices,
        widget=forms.RadioSelect({"class": "choices"}),
        help_text="“With Alt” and “Off” suit speech input and screen readers.",
    )
    time_zone = forms.ChoiceField(help_text="Times are shown in this zone.")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["time_zone"]
        field.choices = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]

    def clean_time_zone(self) -> str:
        """A zone that this machine knows."""
        return ZoneInfo(self.cleaned_data["time_zone"]).key


class ImportForm(forms.Form):
    """Which files, from which source; nothing is chosen beforehand where there are several."""

    uploads = FilesField(
        label="Files",
        help_text="Of one source and of its kind; several at once.",
        error_messages={"required": "Choose at least one file.", "empty": "A file is empty."},
    )
    source = forms.ModelChoiceField(
        Source.objects.none(),
        label="Source",
        empty_label="Choose",
        error_messages={"required": "Choose where the files come from."},
    )

    def __init__(self, *args: Any, sources: QuerySet[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["source"]
        field.queryset = sources
        found = list(sources[:2])
        if len(found) == 1:
            field.initial = found[0]
