"""The forms of projects: they shape and explain input, and change nothing."""

from decimal import Decimal
from typing import Any

from django import forms

from billing_portal.accounts.models import User
from cases.projects.lifecycle import MOVES, ProjectState, Target
from cases.projects.models import Project
from cases.projects.patterns import Pattern
from cases.projects.queries import cases_of, colleagues
from cases.web.forms import LONGEST_TEXT, reason_field
from cases.work.models import Case
from cases.work.visibility import scope_of
from integrations.canonical.models import Facility, Payer

LONGEST_NAME = 200
HUNDRED = Decimal(100)


class KeyedForm(forms.Form):
    """A form that is done once."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *, reader: User, project: Project | None = None, **given: Any) -> None:
        super().__init__(auto_id="project_%s", **given)
        self.reader, self.project = reader, project
        self.prepare()

    def prepare(self) -> None:
        """Fill the choices that depend on the reader."""

    def offer(self, name: str, rows: Any) -> None:
        """What a field lets choose from."""
        field: Any = self.fields[name]
        field.queryset = rows

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes beside the project and the actor."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class VersionedForm(KeyedForm):
    """A change that names the version seen."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


def aim_fields() -> tuple[forms.DecimalField, forms.DateField]:
    """The rate aimed at, in percent, and by when."""
    return (
        forms.DecimalField(
            label="Denial rate to reach, in percent",
            min_value=Decimal(0),
            max_value=HUNDRED,
            max_digits=5,
            decimal_places=2,
            required=False,
        ),
        forms.DateField(
            label="By", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        ),
    )


class AimForm(KeyedForm):
    """A name, an owner, and what is aimed at."""

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        error_messages={"required": "Give the project a name."},
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label="Owner",
        error_messages={"required": "Choose who answers for it."},
    )
    rate, until = aim_fields()

    def prepare(self) -> None:
        """People who work the reader's queues."""
        self.offer("owner", colleagues(self.reader))

    @property
    def target(self) -> Target:
        """What is aimed at; percent becomes a share of one."""
        rate = self.cleaned_data["rate"]
        return Target(None if rate is None else rate / HUNDRED, self.cleaned_data["until"])

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        held = super().asked
        held["target"] = self.target
        return {name: value for name, value in held.items() if name not in {"rate", "until"}}


class StartForm(AimForm):
    """What makes the cases alike; the parts that are left out mean any."""

    payer = forms.ModelChoiceField(
        Payer.objects.none(), to_field_name="key", required=False, empty_label="Any"
    )
    code = forms.CharField(label="Leading reason", max_length=20, required=False)
    remark = forms.CharField(label="Leading remark", max_length=20, required=False)
    service = forms.CharField(label="First service", max_length=20, required=False)
    facility = forms.ModelChoiceField(
        Facility.objects.none(), to_field_name="key", required=False, empty_label="Any"
    )
    field_order = ("name", "payer", "code", "remark", "service", "facility", "owner")

    def prepare(self) -> None:
        """Payers, and the reader's facilities."""
        super().prepare()
        self.offer("payer", Payer.objects.order_by("name", "pk"))
        mine = Facility.objects.filter(pk__in=scope_of(self.reader).facilities)
        self.offer("facility", mine.order_by("name", "pk"))

    @property
    def asked(self) -> dict[str, Any]:
        """The parts as one pattern."""
        held = super().asked
        payer, facility = held.pop("payer"), held.pop("facility")
        held["pattern"] = Pattern(
            payer_id=payer.pk if payer else None,
            code=held.pop("code").strip().upper(),
            remark=held.pop("remark").strip().upper(),
            service=held.pop("service").strip().upper(),
            facility_id=facility.pk if facility else None,
        )
        return held


class ChangeForm(VersionedForm, AimForm):
    """Another name, owner or aim."""

    reason = reason_field("Why?", "Say why, in a few words.")


class StateForm(VersionedForm):
    """Where it stands from now on."""

    state = forms.ChoiceField(
        label="It is now",
        widget=forms.RadioSelect({"class": "choices"}),
        error_messages={"required": "Choose where it stands now."},
    )
    reason = reason_field("Why?", "Say why, in a few words.")

    def prepare(self) -> None:
        """What its present state allows."""
        field: Any = self.fields["state"]
        assert self.project is not None
        allowed = MOVES[ProjectState(self.project.state)]
        field.choices = [(state.value, state.label) for state in allowed]

    def clean_state(self) -> ProjectState:
        """As the lifecycle knows it."""
        return ProjectState(self.cleaned_data["state"])


class PreventionForm(KeyedForm):
    """What is changed, by whom, from when."""

    change = forms.CharField(
        label="What is done differently?",
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say what is changed."},
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label="Who sees to it",
        error_messages={"required": "Choose who sees to it."},
    )
    effective_on = forms.DateField(
        label="In effect from",
        help_text="Claims decided from this day on are compared with those of the 90 days before.",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say from which day on."},
    )

    def prepare(self) -> None:
        """People who work the reader's queues."""
        self.offer("owner", colleagues(self.reader))


class NoteForm(KeyedForm):
    """What is said on every case."""

    text = forms.CharField(
        label="Note on every open case",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4, "autofocus": True}),
        error_messages={"required": "Write something first."},
    )


class FileForm(KeyedForm):
    """A file for every case."""

    file = forms.FileField(
        label="File for every open case",
        help_text="Kept once; each case has it on its record and can send it with its appeal.",
        error_messages={"required": "Choose a file first.", "empty": "This file is empty."},
    )


class DropForm(KeyedForm):
    """Which case does not belong, and why."""

    case = forms.ModelChoiceField(
        Case.objects.none(),
        to_field_name="public_id",
        widget=forms.HiddenInput,
        error_messages={
            "required": "Choose a case of the project first.",
            "invalid_choice": "There is no such case in the project.",
        },
    )
    reason = reason_field("Why does it not belong?", "Say why, in a few words.")

    def prepare(self) -> None:
        """A case of the project that the reader sees."""
        assert self.project is not None
        self.offer("case", cases_of(self.project, self.reader))
