"""What the API says of cases: every field is named, none can be written, nothing inside is shown.

Money is a string of its amount, beside its currency. Patients are masked.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from cases.bulk.models import Batch, BatchRow, RowOutcome, Why
from cases.collaboration.queries import labels_on, merged_into
from cases.evidence.models import Attachment
from cases.jobs.models import Job
from cases.sla.models import SlaClock
from cases.views.models import SavedView
from cases.work.lifecycle import CaseStatus, Verb, verbs_for
from cases.work.models import Case, Note, NoteOutcome, Queue
from cases.work.timeline import EntryKind
from cases.work.types import CASE_TYPES
from integrations.canonical.masking import masked_name
from integrations.canonical.models import Patient

CALLS = {Verb.WAIT_PAYER: "wait", Verb.WAIT_INFO: "wait"}  # one call, told apart by a field


class QueueSerializer(serializers.Serializer[Any]):
    """A queue, and how much stands open in it that the caller may see."""

    key = serializers.SlugField(read_only=True)
    name = serializers.CharField(read_only=True)
    purpose = serializers.CharField(read_only=True)
    open_cases = serializers.IntegerField(read_only=True)
    open_amount = serializers.DecimalField(max_digits=20, decimal_places=2, read_only=True)


class CaseSerializer(serializers.ModelSerializer[Case]):
    """One case as a row of a list."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    queue = serializers.SlugRelatedField[Queue](slug_field="key", read_only=True)
    facility: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="key", read_only=True
    )
    payer: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="key", allow_null=True, read_only=True
    )
    payer_name = serializers.CharField(
        source="payer.name", default=None, allow_null=True, read_only=True
    )
    claim = serializers.UUIDField(
        source="claim.public_id", default=None, allow_null=True, read_only=True
    )
    remittance = serializers.UUIDField(
        source="remittance.public_id", default=None, allow_null=True, read_only=True
    )
    owner: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="username", allow_null=True, read_only=True
    )
    patient = serializers.SerializerMethodField(help_text="Masked.")

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "id",
            "reference",
            "case_type",
            "title",
            "code",
            "category",
            "status",
            "disposition",
            "queue",
            "facility",
            "payer",
            "payer_name",
            "claim",
            "remittance",
            "patient",
            "owner",
            "amount_at_risk",
            "currency",
            "cycle",
            "opened_at",
            "first_touch_due_at",
            "resolve_due_at",
            "deadline_on",
            "deadline_at",
            "first_touched_at",
            "deferred_until",
            "resolved_at",
            "closed_at",
            "version",
        )
        read_only_fields = fields

    def get_patient(self, case: Case) -> str:
        """The patient's masked name; empty if there is none."""
        patient = case.claim.patient if case.claim else None
        if patient is None:
            return ""
        return masked_name(family_name=patient.family_name, given_name=patient.given_name)


class CaseDetailSerializer(CaseSerializer):
    """One case with the facts of its type and what can be done to it as it stands."""

    verbs = serializers.SerializerMethodField(help_text="The calls that its state allows.")
    labels = serializers.SerializerMethodField(help_text="By key.")
    merged_into = serializers.SerializerMethodField(help_text="The case that a merged one is in.")
    dispositions = serializers.SerializerMethodField(help_text="What `resolve` takes for it.")

    class Meta(CaseSerializer.Meta):
        fields = (
            *CaseSerializer.Meta.fields,
            "details",
            "labels",
            "verbs",
            "dispositions",
            "merged_into",
        )
        read_only_fields = fields

    def get_verbs(self, case: Case) -> list[str]:
        """By the name of their address; whether the caller may is asked when they are used."""
        verbs = verbs_for(CaseStatus(case.status))
        return list(dict.fromkeys(CALLS.get(verb, verb.value) for verb in verbs))

    def get_merged_into(self, case: Case) -> UUID | None:
        """By its id; empty while it is a case of its own."""
        kept = merged_into(case)
        return kept.public_id if kept else None

    def get_labels(self, case: Case) -> list[str]:
        """The labels that it carries."""
        return [label.key for label in labels_on(case)]

    def get_dispositions(self, case: Case) -> list[str]:
        """Those that its type offers to a person, in the order they are offered."""
        return [each.value for each in CASE_TYPES.get(case.case_type).dispositions]


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    """A file that proves a case."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    attached_by: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="username", read_only=True
    )

    class Meta:
        model = Attachment
        fields = (
            "id",
            "filename",
            "content_type",
            "size",
            "sha256",
            "attached_by",
            "attached_at",
        )
        read_only_fields = fields


class NoteSerializer(serializers.ModelSerializer[Note]):
    """What somebody said about a case."""

    author: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="username", read_only=True
    )
    outcome = serializers.ChoiceField(
        choices=[("", "None"), *NoteOutcome.choices], allow_blank=True, read_only=True
    )

    class Meta:
        model = Note
        fields = (
            "author",
            "kind",
            "text",
            "payer_reference",
            "outcome",
            "spoken_to",
            "phone",
            "call_back_on",
            "written_at",
        )
        read_only_fields = fields


class StepSerializer(serializers.Serializer[Any]):
    """One thing to do on a case, and whether it is done in the present cycle."""

    key = serializers.CharField(read_only=True)
    words = serializers.CharField(read_only=True)
    is_done = serializers.BooleanField(read_only=True)


class PatientSerializer(serializers.ModelSerializer[Patient]):
    """A patient unmasked: only in answer to a reveal, which is on record."""

    class Meta:
        model = Patient
        fields = ("family_name", "given_name", "member_id", "born_on")
        read_only_fields = fields


class HitSerializer(serializers.Serializer[Any]):
    """A case that was found, and what of it matched."""

    matched = serializers.CharField(read_only=True)
    case = CaseSerializer(read_only=True)


class Words(serializers.CharField):
    """A value in words; a time as ISO 8601."""

    def to_representation(self, value: Any) -> str:
        """As text."""
        return value.isoformat() if isinstance(value, datetime) else str(value)


class DifferenceSerializer(serializers.Serializer[Any]):
    """One column of a case that changed."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field's name
    old = Words(read_only=True)
    new = Words(read_only=True)


class EntrySerializer(serializers.Serializer[Any]):
    """One thing that happened to a case."""

    at = serializers.DateTimeField(read_only=True)
    kind = serializers.ChoiceField(choices=[kind.value for kind in EntryKind], read_only=True)
    actor = serializers.CharField(read_only=True)
    is_person = serializers.BooleanField(read_only=True)
    words = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)
    differences = DifferenceSerializer(many=True, read_only=True)
    facts = serializers.DictField(read_only=True)


class ClockSerializer(serializers.ModelSerializer[SlaClock]):
    """One clock of a case: what it allows, how it stands, and by when it is due."""

    amount = serializers.IntegerField(source="terms.amount", read_only=True)
    unit = serializers.CharField(source="terms.unit", read_only=True)
    calendar = serializers.SlugField(source="terms.calendar.key", read_only=True)
    zone = serializers.CharField(source="terms.zone", read_only=True)

    class Meta:
        model = SlaClock
        fields = (
            "kind",
            "run",
            "state",
            "pause_reason",
            "amount",
            "unit",
            "calendar",
            "zone",
            "started_at",
            "due_at",
            "ended_at",
        )
        read_only_fields = fields


class JobSerializer(serializers.ModelSerializer[Job]):
    """One piece of long work: how it stands, how far it has come, what went wrong so far."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    started_by: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="username", read_only=True
    )
    problems = serializers.ListField(child=serializers.CharField(), source="errors", read_only=True)
    result = serializers.DictField(
        read_only=True, help_text="What it made, by `url_name` and `public_id`; empty until done."
    )

    class Meta:
        model = Job
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "title",
            "status",
            "total",
            "done",
            "failed",
            "problems",
            "result",
            "started_by",
            "created_at",
            "begun_at",
            "stepped_at",
            "ended_at",
        )
        read_only_fields = fields


class CountedSerializer(serializers.Serializer[Any]):
    """How many cases of a batch come to what, and why."""

    outcome = serializers.ChoiceField(choices=RowOutcome.choices, read_only=True)
    why = serializers.ChoiceField(choices=Why.choices, read_only=True)
    cases = serializers.IntegerField(read_only=True)


class BatchSerializer(serializers.ModelSerializer[Batch]):
    """One thing done to many cases: what was selected, how it stands, what comes or came of it."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    job = serializers.UUIDField(
        source="job.public_id", default=None, allow_null=True, read_only=True
    )
    counted = CountedSerializer(many=True, read_only=True)
    can_be_undone = serializers.BooleanField(read_only=True)

    class Meta:
        model = Batch
        fields: tuple[str, ...] = (
            "id",
            "verb",
            "reason",
            "cases",
            "amount",
            "status",
            "job",
            "counted",
            "can_be_undone",
            "frozen_at",
            "done_at",
            "undone_at",
        )
        read_only_fields = fields


class BatchRowSerializer(serializers.ModelSerializer[BatchRow]):
    """What became of one case."""

    case = serializers.UUIDField(source="case.public_id", read_only=True)
    reference = serializers.CharField(read_only=True)

    class Meta:
        model = BatchRow
        fields: tuple[str, ...] = ("case", "reference", "outcome", "why", "words")
        read_only_fields = fields


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """A saved view; its `address` leads to it in the portal."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    address = serializers.SerializerMethodField()
    columns = serializers.ListField(child=serializers.CharField(), read_only=True)
    owner: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="username", read_only=True
    )
    group: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="name", allow_null=True, read_only=True
    )

    class Meta:
        model = SavedView
        fields: tuple[str, ...] = (
            "id",
            "name",
            "address",
            "query",
            "columns",
            "sharing",
            "group",
            "owner",
            "position",
        )
        read_only_fields = fields

    def get_address(self, view: SavedView) -> str:
        """Where it is shown."""
        return f"{view.path}?{view.query}&v={view.public_id}"
