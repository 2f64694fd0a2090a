"""What the API says of appeals and other ways; no patient is named."""

from typing import Any

from rest_framework import serializers

from cases.types.denial.appeals.lifecycle import AppealStatus, verbs_for
from cases.types.denial.appeals.models import Appeal, Recourse


class AppealSerializer(serializers.ModelSerializer[Appeal]):
    """One level of appeal with what was attested, built and sent."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    case = serializers.UUIDField(source="case.public_id", read_only=True)
    previous = serializers.UUIDField(
        source="previous.public_id", default=None, allow_null=True, read_only=True
    )
    subject = serializers.CharField(source="letter.subject", read_only=True)
    body = serializers.CharField(source="letter.body", read_only=True)
    attested_sha256 = serializers.CharField(
        source="attestation.sha256", default=None, allow_null=True, read_only=True
    )
    packet = serializers.UUIDField(
        source="packet.attachment.public_id", default=None, allow_null=True, read_only=True
    )
    manifest = serializers.JSONField(
        source="packet.manifest", default=None, allow_null=True, read_only=True
    )
    verbs = serializers.SerializerMethodField(help_text="What its state allows.")

    class Meta:
        model = Appeal
        fields = (
            "id",
            "case",
            "level",
            "previous",
            "status",
            "outcome",
            "ground",
            "argument",
            "amount_denied",
            "amount_disputed",
            "amount_overturned",
            "currency",
            "due_on",
            "due_source",
            "internal_due_on",
            "subject",
            "body",
            "attested_sha256",
            "packet",
            "manifest",
            "submitted_on",
            "payer_reference",
            "decided_on",
            "outcome_trace",
            "verbs",
            "version",
        )
        read_only_fields = fields

    def get_verbs(self, appeal: Appeal) -> list[str]:
        """By name; whether the caller may is asked when they are used."""
        return [each.value for each in verbs_for(AppealStatus(appeal.status))]


class RecourseSerializer(serializers.ModelSerializer[Recourse]):
    """One other way taken with a denial."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    payer: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="key", allow_null=True, read_only=True
    )

    approval: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="reference", allow_null=True, read_only=True
    )

    class Meta:
        model = Recourse
        fields = (
            "id",
            "way",
            "status",
            "amount",
            "currency",
            "reason",
            "payer_control_number",
            "payer",
            "sent_on",
            "expected_on",
            "is_cover_checked",
            "proof",
            "preventable_stage",
            "expected_recovery",
            "cost_to_work",
            "approval",
            "version",
        )
        read_only_fields = fields
