"""What the API's calls on appeals and other ways take."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from billing_portal.access.api import ByKey
from cases.api.inputs import Input, VersionedInput
from cases.types.denial.appeals.lifecycle import Outcome
from cases.types.denial.appeals.models import ExhibitKind, Ground, Method, Proof, Way
from integrations.canonical.models import Payer

OUTCOMES = [each for each in Outcome.choices if each[0] != Outcome.WITHDRAWN]


class DigestSerializer(serializers.Serializer[Any]):
    """The digest of a letter."""

    sha256 = serializers.CharField(read_only=True)


class AppealReasonInput(VersionedInput):
    """A change that wants its reason."""

    reason = serializers.CharField(max_length=2_000)


class BeginInput(Input):
    """On what an appeal rests; without a deadline the rules are asked."""

    ground = serializers.ChoiceField(choices=Ground.choices)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    argument = serializers.CharField(max_length=20_000, default="", allow_blank=True)
    due_on = serializers.DateField(required=False)
    due_source = serializers.CharField(max_length=2_000, default="", allow_blank=True)


class RegroundInput(BeginInput, VersionedInput):
    """The grounds of an appeal that is there."""


class LetterInput(VersionedInput):
    """What the letter says, with merge fields."""

    subject = serializers.CharField(max_length=300)
    body = serializers.CharField(max_length=20_000)


class ExhibitInput(VersionedInput):
    """A file of the case as evidence; an acknowledgement needs its date."""

    attachment = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ExhibitKind.choices)
    dated_on = serializers.DateField(required=False, allow_null=True)


class AttestInput(VersionedInput):
    """The digest of the letter that was read."""

    sha256 = serializers.RegexField("^[0-9a-f]{64}$")


class SubmitInput(VersionedInput):
    """How and when the packet went out."""

    method = serializers.ChoiceField(choices=Method.choices)
    sent_on = serializers.DateField()
    confirmation = serializers.CharField(max_length=200, default="", allow_blank=True)


class AcknowledgeInput(AppealReasonInput):
    """The payer's own number of it."""

    payer_reference = serializers.CharField(max_length=200, default="", allow_blank=True)


class AskedInput(Input):
    """What the payer said. It changes no column, so it names no version."""

    text = serializers.CharField(max_length=20_000)
    payer_reference = serializers.CharField(max_length=200, default="", allow_blank=True)


class DecideInput(AppealReasonInput):
    """The outcome and what shows it: a file of the case, or a remittance."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    decided_on = serializers.DateField()
    attachment = serializers.UUIDField(required=False)
    trace = serializers.CharField(max_length=100, default="", allow_blank=True)
    overturned = serializers.DecimalField(max_digits=14, decimal_places=2, required=False)
    is_paid = serializers.BooleanField(default=False)


class WayInput(VersionedInput):
    """Another way taken with a denial; what a way needs beyond amount and reason, it says."""

    way = serializers.ChoiceField(choices=Way.choices)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    reason = serializers.CharField(max_length=2_000)
    payer_control_number = serializers.CharField(max_length=100, default="", allow_blank=True)
    payer = ByKey(slug_field="key", queryset=Payer.objects.all(), required=False)
    sent_on = serializers.DateField(required=False)
    expected_on = serializers.DateField(required=False)
    is_cover_checked = serializers.BooleanField(default=False)
    proof = serializers.ChoiceField(choices=Proof.choices, required=False)
    preventable_stage = serializers.CharField(max_length=100, default="", allow_blank=True)
    expected_recovery = serializers.DecimalField(
        max_digits=14, decimal_places=2, required=False, min_value=Decimal(0)
    )
    cost_to_work = serializers.DecimalField(
        max_digits=14, decimal_places=2, required=False, min_value=Decimal(0)
    )


class EndWayInput(VersionedInput):
    """How a way ended."""

    is_done = serializers.BooleanField(help_text="False: it is given up.")
    reason = serializers.CharField(max_length=2_000)
