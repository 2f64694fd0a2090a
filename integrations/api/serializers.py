"""What the API says of claims, remittances and messages: every field is named, none can be written.

Money is a string of its amount, beside its currency. Patients are masked.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing_portal.access.api import ByKey
from integrations.canonical.masking import masked_name
from integrations.canonical.models import (
    Acknowledgement,
    Adjustment,
    Claim,
    ProviderAdjustment,
    Remark,
    Remittance,
    RemittanceReading,
    RemittedClaim,
    ServiceLine,
    Source,
)
from integrations.inbox.models import Message, MessagePart, Quarantined


def key_of(slug_field: str, *, allow_null: bool = False) -> serializers.SlugRelatedField[Any]:
    """A related row by its public key, for reading."""
    return serializers.SlugRelatedField(
        slug_field=slug_field, allow_null=allow_null, read_only=True
    )


class ClaimSerializer(serializers.ModelSerializer[Claim]):
    """One claim to one payer."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    source = key_of("name")  # type: ignore[assignment]  # a field's name
    payer = key_of("key")
    payer_name = serializers.CharField(source="payer.name", read_only=True)
    facility = key_of("key")
    patient = serializers.SerializerMethodField(help_text="Masked.")

    class Meta:
        model = Claim
        fields = (
            "id",
            "source",
            "payer",
            "payer_name",
            "facility",
            "patient",
            "patient_control_number",
            "payer_control_number",
            "charge",
            "currency",
            "service_from",
            "service_to",
        )
        read_only_fields = fields

    def get_patient(self, claim: Claim) -> str:
        """The patient's masked name; empty if there is none."""
        if claim.patient is None:
            return ""
        return masked_name(
            family_name=claim.patient.family_name, given_name=claim.patient.given_name
        )


class AcknowledgementSerializer(serializers.ModelSerializer[Acknowledgement]):
    """What a payer or clearinghouse reported of one claim (277CA)."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    source = key_of("name")  # type: ignore[assignment]  # a field's name

    class Meta:
        model = Acknowledgement
        fields = (
            "id",
            "source",
            "standing",
            "statuses",
            "message",
            "received_on",
            "status_on",
            "patient_control_number",
            "payer_control_number",
            "payer_identifier",
            "payer_name",
            "payee_identifier",
            "charge",
            "service_from",
            "service_to",
            "report_number",
            "batch_number",
            "message_sha256",
            "position",
        )
        read_only_fields = fields


class AdjustmentSerializer(serializers.ModelSerializer[Adjustment]):
    """Why a payment differs from its charge; line 0 is the claim itself."""

    line = serializers.IntegerField(source="line_ordinal", read_only=True)

    class Meta:
        model = Adjustment
        fields = ("line", "group", "carc", "amount", "quantity")
        read_only_fields = fields


class RemarkSerializer(serializers.ModelSerializer[Remark]):
    """A remark code; line 0 is the claim itself."""

    line = serializers.IntegerField(source="line_ordinal", read_only=True)

    class Meta:
        model = Remark
        fields = ("line", "place", "code")
        read_only_fields = fields


class ServiceLineSerializer(serializers.ModelSerializer[ServiceLine]):
    """One service line as adjudicated."""

    line = serializers.IntegerField(source="ordinal", read_only=True)

    class Meta:
        model = ServiceLine
        fields = (
            "line",
            "procedure",
            "modifiers",
            "revenue_code",
            "charge",
            "paid",
            "allowed",
            "units",
            "service_from",
            "service_to",
            "control_number",
        )
        read_only_fields = fields


class AdjudicationSerializer(serializers.ModelSerializer[RemittedClaim]):
    """One claim's adjudication in one remittance; amounts carry the payer's sign."""

    claim = key_of("public_id")
    remittance = key_of("public_id")
    lines = ServiceLineSerializer(many=True, read_only=True)
    adjustments = AdjustmentSerializer(many=True, read_only=True)
    remarks = RemarkSerializer(many=True, read_only=True)

    class Meta:
        model = RemittedClaim
        fields = (
            "claim",
            "remittance",
            "status_code",
            "charge",
            "paid",
            "patient_responsibility",
            "filing_indicator",
            "payer_control_number",
            "service_from",
            "service_to",
            "received_on",
            "lines",
            "adjustments",
            "remarks",
        )
        read_only_fields = fields


class ReadingSerializer(serializers.ModelSerializer[RemittanceReading]):
    """What a remittance was read to contain."""

    class Meta:
        model = RemittanceReading
        fields = (
            "claim_count",
            "quarantined_count",
            "paid_total",
            "provider_adjustment_total",
            "is_balanced",
            "is_complete",
            "read_at",
        )
        read_only_fields = fields


class ProviderAdjustmentSerializer(serializers.ModelSerializer[ProviderAdjustment]):
    """A payment change that belongs to no claim; a positive amount lowers the payment."""

    class Meta:
        model = ProviderAdjustment
        fields = ("provider_identifier", "fiscal_period_end", "reason", "reference", "amount")
        read_only_fields = fields


class RemittanceSerializer(serializers.ModelSerializer[Remittance]):
    """One payment, and what its newest reading found."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    source = key_of("name")  # type: ignore[assignment]  # a field's name
    payer = key_of("key")
    payer_name = serializers.CharField(source="payer.name", read_only=True)
    facility = key_of("key")
    reading = serializers.SerializerMethodField()

    class Meta:
        model = Remittance
        fields: tuple[str, ...] = (
            "id",
            "source",
            "payer",
            "payer_name",
            "facility",
            "trace_number",
            "paid_on",
            "amount",
            "currency",
            "method",
            "produced_on",
            "received_at",
            "correlation_id",
            "reading",
        )
        read_only_fields = fields

    @extend_schema_field(ReadingSerializer(allow_null=True))
    def get_reading(self, remittance: Remittance) -> Any:
        """The newest reading, which holds."""
        readings = sorted(remittance.readings.all(), key=lambda reading: reading.pk)
        return ReadingSerializer(readings[-1]).data if readings else None


class RemittanceDetailSerializer(RemittanceSerializer):
    """One payment with its provider-level adjustments."""

    provider_adjustments = ProviderAdjustmentSerializer(many=True, read_only=True)

    class Meta(RemittanceSerializer.Meta):
        fields = (*RemittanceSerializer.Meta.fields, "provider_adjustments")
        read_only_fields = fields


class MessageSerializer(serializers.ModelSerializer[Message]):
    """One message as received, and what became of it; `totals` once it is applied."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    source = key_of("name")  # type: ignore[assignment]  # a field's name
    received_by = key_of("username")

    class Meta:
        model = Message
        fields = (
            "id",
            "source",
            "message_id",
            "sha256",
            "size",
            "filename",
            "correlation_id",
            "received_at",
            "received_by",
            "status",
            "attempts",
            "applied_at",
            "error",
            "totals",
        )
        read_only_fields = fields


class MessagePartSerializer(serializers.ModelSerializer[MessagePart]):
    """What became of one transaction of a message."""

    remittance = key_of("public_id", allow_null=True)

    class Meta:
        model = MessagePart
        fields = ("ordinal", "position", "status", "remittance", "totals")
        read_only_fields = fields


class QuarantinedSerializer(serializers.ModelSerializer[Quarantined]):
    """A piece of a message that waits for a person."""

    class Meta:
        model = Quarantined
        fields = (
            "part_ordinal",
            "position",
            "byte_offset",
            "claim",
            "reason_code",
            "reason",
            "quarantined_at",
            "resolved_at",
            "resolution",
        )
        read_only_fields = fields


class MessageInput(serializers.Serializer[Any]):
    """A message to take in: which source it is from, and its bytes."""

    source = ByKey(  # type: ignore[assignment]  # a field's name
        slug_field="name", queryset=Source.objects.filter(is_active=True)
    )
    file = serializers.FileField(allow_empty_file=True)
