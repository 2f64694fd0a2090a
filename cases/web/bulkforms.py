"""What each verb asks when it is done to many cases."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from cases.bulk.models import BulkVerb
from cases.collaboration.models import Label
from cases.web.forms import LONGEST_TEXT, MORNING, reason_field
from cases.work.lifecycle import Disposition
from cases.work.models import Queue
from cases.work.queries import workers_of_any
from cases.work.querysets import CaseQuerySet
from cases.work.types import CASE_TYPES
from cases.work.visibility import WORK_QUEUE


class BulkForm(forms.Form):
    """Why; every other form takes something more. `arguments` is what the action takes."""

    argument: ClassVar[str] = ""

    reason = reason_field("Why?", "Say why, in a few words.")

    def __init__(self, *, reader: User, cases: CaseQuerySet, **given: Any) -> None:
        super().__init__(auto_id="bulk_%s", **given)
        self.reader, self.cases = reader, cases
        self.order_fields([self.argument, "reason"])
        self.prepare()
        first: Any = next(iter(self.fields.values()))
        first.widget.attrs["autofocus"] = True

    def prepare(self) -> None:
        """Fill the choices that depend on the reader or the selection."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What the verb takes, by key, fit to be kept."""
        return {}


class BulkAssign(BulkForm):
    """To whom."""

    argument = "owner"
    owner = forms.ModelChoiceField(
        User.objects.none(), label="To", error_messages={"required": "Choose who takes them."}
    )

    def prepare(self) -> None:
        """Those who work any queue that the reader works."""
        field: Any = self.fields["owner"]
        field.queryset = workers_of_any(scope_ids(self.reader, WORK_QUEUE))

    @property
    def arguments(self) -> dict[str, Any]:
        """The owner's key."""
        return {"owner_id": self.cleaned_data["owner"].pk}


class BulkTransfer(BulkForm):
    """Where to."""

    argument = "queue"
    queue = forms.ModelChoiceField(
        Queue.objects.filter(is_active=True).order_by("position", "name", "pk"),
        label="To which queue",
        error_messages={"required": "Choose the queue that can work them."},
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """The queue's key."""
        return {"queue_id": self.cleaned_data["queue"].pk}


class BulkDefer(BulkForm):
    """Until which day."""

    argument = "until"
    until = forms.DateField(
        label="Until",
        help_text="They come back that morning at 8:00, your time; 90 days at most.",
        widget=forms.DateInput({"type": "date"}),
        error_messages={
            "required": "Choose the day on which they come back.",
            "invalid": "Write the day as year-month-day, for example 2026-12-01.",
        },
    )

    @property
    def arguments(self) -> dict[str, Any]:
        """The morning of that day, in the reader's zone."""
        zone = timezone.get_current_timezone()
        until = datetime.combine(self.cleaned_data["until"], MORNING, tzinfo=zone)
        return {"until": until.isoformat()}


class BulkResolve(BulkForm):
    """How they ended: in what all kinds of cases among them may end."""

    argument = "disposition"
    disposition = forms.ChoiceField(
        label="How did they end?",
        widget=forms.RadioSelect({"class": "choices"}),
        error_messages={"required": "Choose how they ended."},
    )

    def prepare(self) -> None:
        """What all selected cases share."""
        field: Any = self.fields["disposition"]
        field.choices = [(each.value, each.label) for each in shared_dispositions(self.cases)]

    @property
    def arguments(self) -> dict[str, Any]:
        """How."""
        return {"disposition": self.cleaned_data["disposition"]}


class BulkLabel(BulkForm):
    """Which label."""

    argument = "label"
    label = forms.ModelChoiceField(
        Label.objects.none(),
        label="Which label",
        error_messages={"required": "Choose the label that they get."},
    )

    def prepare(self) -> None:
        """Those of everybody, and of the teams whose queues the reader works."""
        worked = Queue.objects.filter(pk__in=scope_ids(self.reader, WORK_QUEUE))
        teams = Q(team="") | Q(team__in=worked.order_by().values("team"))
        field: Any = self.fields["label"]
        field.queryset = Label.objects.filter(teams, is_active=True).order_by("name", "pk")

    @property
    def arguments(self) -> dict[str, Any]:
        """The label's key."""
        return {"label_id": self.cleaned_data["label"].pk}


class BulkComment(BulkForm):
    """What is said on each of them."""

    reason = forms.CharField(
        label="Comment",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "Write something first."},
        help_text="It stands on every case, and cannot be undone.",
    )


FORMS: dict[BulkVerb, type[BulkForm]] = {
    BulkVerb.ASSIGN: BulkAssign,
    BulkVerb.TRANSFER: BulkTransfer,
    BulkVerb.DEFER: BulkDefer,
    BulkVerb.WAIT_PAYER: BulkForm,
    BulkVerb.WAIT_INFO: BulkForm,
    BulkVerb.RELEASE: BulkForm,
    BulkVerb.RESOLVE: BulkResolve,
    BulkVerb.COMMENT: BulkComment,
    BulkVerb.LABEL: BulkLabel,
}


def shared_dispositions(cases: CaseQuerySet) -> list[Disposition]:
    """The dispositions that every kind of case among these offers, in the first one's order."""
    kinds = sorted(set(cases.order_by().values_list("case_type", flat=True).distinct()))
    offered = [CASE_TYPES.get(kind).dispositions for kind in kinds]
    if not offered:
        return []
    return [each for each in offered[0] if all(each in others for others in offered)]
