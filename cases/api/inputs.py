"""What the API's verbs take: named fields, checked and explained; an unknown one is refused."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from rest_framework import serializers

from billing_portal.access.api import ByKey
from billing_portal.accounts.models import User
from cases.actions.revealing import Purpose
from cases.actions.working import Waiting
from cases.bulk.models import BulkVerb
from cases.collaboration.models import Label
from cases.priority.models import SkipReason
from cases.routing.vocabulary import NotOurs
from cases.views.columns import COLUMNS
from cases.views.models import Sharing
from cases.work.lifecycle import Disposition
from cases.work.models import NoteKind, NoteOutcome, Queue, WakeEvent

KEYS = [(column.key, column.label) for column in COLUMNS]


class Input(serializers.Serializer[Any]):
    """The body of a call; a field it does not know is an error, not a wish."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields, then read the known ones."""
        unknown = sorted(set(data) - set(self.fields)) if hasattr(data, "keys") else []
        if unknown:
            raise serializers.ValidationError({name: ["Unknown field."] for name in unknown})
        return super().to_internal_value(data)


class VersionedInput(Input):
    """Any change of a case names the version that its caller saw, here or in `If-Match`."""

    version = serializers.IntegerField(
        min_value=1, required=False, help_text="The version you saw; or send it as If-Match."
    )


class ReasonedInput(VersionedInput):
    """A change that wants its reason."""

    reason = serializers.CharField(max_length=2000)


class ClaimNextInput(Input):
    """From which queues the next case may come; from all of the caller's if none is named."""

    queues = ByKey(
        slug_field="key", queryset=Queue.objects.filter(is_active=True), many=True, required=False
    )


class SkipInput(VersionedInput):
    """Why a case is passed over."""

    skip_reason = serializers.ChoiceField(choices=SkipReason.choices)
    note = serializers.CharField(max_length=500, default="", allow_blank=True)


class AssignInput(ReasonedInput):
    """To whom a case goes."""

    owner = ByKey(slug_field="username", queryset=User.objects.filter(is_active=True))


class TransferInput(ReasonedInput):
    """To which queue a case goes."""

    queue = ByKey(slug_field="key", queryset=Queue.objects.filter(is_active=True))
    cause = serializers.ChoiceField(
        choices=NotOurs.choices, default=NotOurs.OTHER, help_text="Why it is not this queue's."
    )

    def validate_cause(self, cause: str) -> NotOurs:
        """As routing counts it."""
        return NotOurs(cause)


class BackdateInput(ReasonedInput):
    """One voucher to be dated on a day of a closed period: its template's key, its amount."""

    template = serializers.SlugField()
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=Decimal("0.01"))
    on = serializers.DateField()


class DeferInput(ReasonedInput):
    """Until when a case sleeps."""

    until = serializers.DateTimeField()
    event = serializers.ChoiceField(
        choices=WakeEvent.choices,
        default=None,
        allow_null=True,
        help_text="What brings it back earlier, if anything.",
    )

    def validate_event(self, event: str | None) -> WakeEvent | None:
        """As the action knows it."""
        return WakeEvent(event) if event else None


class WaitInput(ReasonedInput):
    """Whom a case waits for."""

    waiting_for = serializers.ChoiceField(choices=Waiting.choices)


class ReferenceInput(Input):
    """What a note keeps beside its text."""

    payer_reference = serializers.CharField(max_length=200, default="", allow_blank=True)
    outcome = serializers.ChoiceField(choices=NoteOutcome.choices, default=None, allow_null=True)
    spoken_to = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Of a call."
    )
    phone = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Of a call."
    )
    call_back_on = serializers.DateField(
        default=None, allow_null=True, help_text="Of a call; you are told that morning."
    )


class CommentInput(ReferenceInput):
    """What somebody says about a case; plain text. It changes nothing, so it names no version."""

    text = serializers.CharField(max_length=20_000)
    kind = serializers.ChoiceField(choices=NoteKind.choices, default=NoteKind.COMMENT)


class StepInput(Input):
    """A step ticked or unticked."""

    step = serializers.CharField(max_length=100)
    is_done = serializers.BooleanField()


class ResolveInput(ReasonedInput):
    """How a case ended."""

    disposition = serializers.ChoiceField(choices=Disposition.choices)


class AttachInput(Input):
    """A file that proves a case."""

    file = serializers.FileField(help_text="Checked by its content.")


class RevealInput(Input):
    """What the patient's name is needed for."""

    purpose = serializers.ChoiceField(choices=Purpose.choices)


class SearchInput(Input):
    """What somebody has in hand: a number, an amount, a code, a name."""

    term = serializers.CharField(min_length=2, max_length=100)


class BulkInput(Input):
    """Which cases, what to do to them, and why; a preview is made, and no case is changed.

    Either `cases`, by id, or `query`: the filters of `GET /cases/`, as they stand in its address.
    """

    verb = serializers.ChoiceField(choices=BulkVerb.choices)
    reason = serializers.CharField(max_length=20_000, help_text="For `comment`, what is said.")
    cases = serializers.ListField(child=serializers.UUIDField(), max_length=1_000, required=False)
    query = serializers.CharField(max_length=2_000, required=False)
    owner = ByKey(
        slug_field="username", queryset=User.objects.filter(is_active=True), required=False
    )
    queue = ByKey(slug_field="key", queryset=Queue.objects.filter(is_active=True), required=False)
    until = serializers.DateTimeField(required=False)
    disposition = serializers.ChoiceField(choices=Disposition.choices, required=False)
    with_label = ByKey(
        slug_field="key", queryset=Label.objects.filter(is_active=True), required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way to name the cases, and only one."""
        if ("cases" in attrs) == ("query" in attrs):
            raise serializers.ValidationError({"cases": ["Name either cases or a query."]})
        return attrs


class ViewInput(Input):
    """A worklist to keep: which list, how it is narrowed and ordered, which columns it shows."""

    name = serializers.CharField(max_length=60)
    list = serializers.CharField(max_length=100, help_text="`mine`, `all`, or a queue's key.")
    query = serializers.CharField(max_length=2_000, allow_blank=True, default="")
    columns = serializers.ListField(child=serializers.ChoiceField(KEYS), default=[])
    sharing = serializers.ChoiceField(choices=Sharing.choices, default=Sharing.PRIVATE)
    group = ByKey(slug_field="name", queryset=Group.objects.all(), required=False)


class ViewChangeInput(Input):
    """What of a view changes."""

    name = serializers.CharField(max_length=60, required=False)
    query = serializers.CharField(max_length=2_000, allow_blank=True, required=False)
    columns = serializers.ListField(child=serializers.ChoiceField(KEYS), required=False)
    position = serializers.IntegerField(min_value=0, max_value=10_000, required=False)
