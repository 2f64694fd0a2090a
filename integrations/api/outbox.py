"""The way out: what was asked of other systems, what became of it, and what a person decides."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, MayDo, caller, idempotent, paged
from billing_portal.access.roles import RESEND, SEE_OUTBOX
from integrations.api.serializers import key_of
from integrations.outbox import queries, services
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import Attempt, OutboxMessage


class OutboxMessageSerializer(serializers.ModelSerializer[OutboxMessage]):
    """One message. What exactly it asks for is not told: it may name a payee."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    key = serializers.CharField(read_only=True, help_text="Ours, as the destination knows it.")
    destination = key_of("name")
    waits_for_a_person = serializers.BooleanField(read_only=True)

    class Meta:
        model = OutboxMessage
        fields = (
            "id",
            "key",
            "destination",
            "kind",
            "total",
            "currency",
            "digest",
            "order_key",
            "position",
            "state",
            "waits_for_a_person",
            "code",
            "words",
            "attempts",
            "due_at",
            "partner_reference",
            "added_at",
            "settled_at",
            "correlation_id",
        )
        read_only_fields = fields


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One call and its answer."""

    class Meta:
        model = Attempt
        fields = (
            "number",
            "act",
            "answer",
            "code",
            "words",
            "reference",
            "milliseconds",
            "at",
        )
        read_only_fields = fields


class CauseSerializer(serializers.Serializer[Any]):
    """Messages that wait for a person for one reason."""

    code = serializers.CharField(read_only=True)
    messages = serializers.IntegerField(read_only=True)
    example = serializers.CharField(read_only=True)
    oldest = serializers.DateTimeField(read_only=True)


class ReasonInput(serializers.Serializer[Mapping[str, str]]):
    """Why."""

    reason = serializers.CharField(max_length=2_000)


class ConfirmInput(ReasonInput):
    """Why, and under which reference the destination holds it."""

    reference = serializers.CharField(max_length=200)


class OutboxFilter(django_filters.FilterSet):
    """Narrows messages."""

    destination = django_filters.CharFilter(
        field_name="destination__name", label="Destination, by name."
    )
    state = django_filters.MultipleChoiceFilter(choices=OutboxState.choices, label="Any of these.")
    code = django_filters.CharFilter(label="Whole.")
    order_key = django_filters.CharFilter(label="Whole.")
    correlation_id = django_filters.CharFilter(label="Whole.")

    class Meta:
        model = OutboxMessage
        fields: list[str] = []


class OutboxViewSet(ListModelMixin, RetrieveModelMixin, Door[OutboxMessage]):
    """Follow what was asked of other systems; decide what waits for a person."""

    serializer_class = OutboxMessageSerializer
    queryset = OutboxMessage.objects.none()  # names the model; `get_queryset` scopes it
    filterset_class = OutboxFilter
    permission_classes = (IsAuthenticated, MayDo)
    needs = {
        "list": SEE_OUTBOX,
        "retrieve": SEE_OUTBOX,
        "attempts": SEE_OUTBOX,
        "causes": SEE_OUTBOX,
        "replay": RESEND,
        "withdraw": RESEND,
        "confirm": RESEND,
    }

    def get_queryset(self) -> QuerySet[OutboxMessage]:
        """All of them, for those whose role includes it: they say of no patient whose they are."""
        return OutboxMessage.objects.select_related("destination")

    @extend_schema(responses=AttemptSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def attempts(self, request: Request, **_address: Any) -> Response:
        """Each call to its destination and the answer, newest first."""
        return paged(self, self.get_object().tries.all(), AttemptSerializer)

    @extend_schema(responses=CauseSerializer(many=True))
    @action(detail=False, filterset_class=None, pagination_class=None)
    def causes(self, request: Request, **_address: Any) -> Response:
        """What waits for a person, by reason, most first."""
        return Response(CauseSerializer(queries.causes(), many=True).data)

    @extend_schema(request=ReasonInput, responses=OutboxMessageSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def replay(self, request: Request, **_address: Any) -> Response:
        """Try it again from its first attempt; what may have been applied is looked up first."""
        return self.decided(services.replay, ReasonInput, request)

    @extend_schema(request=ReasonInput, responses=OutboxMessageSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def withdraw(self, request: Request, **_address: Any) -> Response:
        """Never send it: the caller answers for it that nothing was applied."""
        return self.decided(services.withdraw, ReasonInput, request)

    @extend_schema(request=ConfirmInput, responses=OutboxMessageSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def confirm(self, request: Request, **_address: Any) -> Response:
        """Take one of unknown outcome for applied, under the reference that the caller found."""
        return self.decided(services.confirm, ConfirmInput, request)

    def decided(
        self, verb: Any, asked_by: type[serializers.Serializer[Any]], request: Request
    ) -> Response:
        """What a person's decision makes of the message at the address."""
        asked = asked_by(data=request.data)
        asked.is_valid(raise_exception=True)
        message = verb(
            message=self.get_object(),
            by=caller(request),
            at=timezone.now(),
            **asked.validated_data,
        )
        return Response(OutboxMessageSerializer(message).data)
