"""The forms of approvals: they shape and explain input, and change nothing."""

import re
import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from billing_portal.accounts.models import User
from cases.approvals.models import ApprovalRequest
from cases.approvals.saying import Scope
from cases.approvals.vocabulary import Matter
from cases.web.forms import LONGEST_REASON, ReasonForm, VerbForm, reason_field

PICK = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9]{1,9}):([0-9a-f]{64})")


class ApprovalForm(VerbForm):
    """What every decision sends: the version and the digest that were seen."""

    seen_digest = forms.CharField(widget=forms.HiddenInput, required=False)
    acting_for = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *, approval: ApprovalRequest, **given: Any) -> None:
        self.approval = approval
        super().__init__(**given)


class ApproveForm(ApprovalForm):
    """Yes; a note may stand beside it."""

    reason = forms.CharField(label="Note", required=False, max_length=LONGEST_REASON)


class RejectForm(ApprovalForm, ReasonForm):
    """No, and what the requester must change."""

    reason = reason_field("Why?", "Say what the requester must change: rejecting needs a reason.")


class ReturnForm(ApprovalForm, ReasonForm):
    """What is not known yet."""

    reason = reason_field("What do you need to know?", "Say what you need to know.")


class ForwardForm(ApprovalForm, ReasonForm):
    """To whom of those who may decide."""

    to = forms.ModelChoiceField(
        User.objects.none(), label="To", error_messages={"required": "Choose who decides it."}
    )
    reason = reason_field("Why?", "Say why they should decide it.")
    field_order = ("to", "reason")

    def __init__(self, *, people: list[int], **given: Any) -> None:
        self.people = people
        super().__init__(**given)

    def prepare(self) -> None:
        """Those who may decide it now."""
        field: Any = self.fields["to"]
        field.queryset = User.objects.filter(pk__in=self.people).order_by("full_name", "pk")


class AnswerForm(ApprovalForm, ReasonForm):
    """What the approver wanted to know."""

    reason = reason_field("Your answer", "Say what they wanted to know.")


class WithdrawForm(ApprovalForm, ReasonForm):
    """Why it is taken back."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A row that was ticked, as it was shown."""

    public_id: uuid.UUID
    version: int
    digest: str


def picks_of(values: list[str]) -> list[Pick]:
    """The rows that a list sends; what is none of ours is left out."""
    found = [PICK.fullmatch(value) for value in values]
    return [Pick(uuid.UUID(each[1]), int(each[2]), each[3]) for each in found if each]


class TogetherForm(forms.Form):
    """One reason for all."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = reason_field("Why may they all pass?", "Say why, once for all of them.")


def day_field(label: str) -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date"}))


class DelegateForm(forms.Form):
    """Who decides for the reader, for what, and how long; a manager's may be for the absent."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    giver = forms.ModelChoiceField(
        User.objects.none(),
        label="Who is away",
        required=False,
        empty_label="I am",
        help_text="They are told.",
    )
    taker = forms.ModelChoiceField(
        User.objects.none(),
        label="Who decides instead",
        error_messages={"required": "Choose who decides instead."},
    )
    starts_on = day_field("From")
    ends_on = day_field("To, that day included")
    matters = forms.MultipleChoiceField(
        label="Only for",
        choices=Matter.choices,
        required=False,
        widget=forms.SelectMultiple({"size": 4}),
        help_text="None chosen: for everything that you may decide.",
    )
    max_amount = forms.DecimalField(
        label="Only up to",
        required=False,
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text="Your own limit holds besides.",
    )
    reason = reason_field("Why?", "Say why, in a few words.")

    def __init__(self, data: Any = None, *, people: Any, arranges: bool, today: date) -> None:
        """`arranges`: the reader may do it for somebody who is away."""
        initial = {"starts_on": today, "key": uuid.uuid4()}
        super().__init__(data, auto_id="delegate_%s", initial=initial)
        for name in ("giver", "taker"):
            field: Any = self.fields[name]
            field.queryset = people
        if not arranges:
            del self.fields["giver"]

    @property
    def scope(self) -> Scope:
        """What is delegated."""
        given = self.cleaned_data
        return Scope(
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            matters=tuple(Matter(each) for each in given["matters"]),
            max_amount=given["max_amount"],
        )
