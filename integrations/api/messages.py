"""Messages: sending them in, and seeing what became of them."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import HEADER, Door, MayDo, caller, paged
from billing_portal.access.parsers import MessageForm
from billing_portal.audit import services as audit
from integrations.api.parsers import BytesParser, X12Parser
from integrations.api.serializers import (
    MessageInput,
    MessagePartSerializer,
    MessageSerializer,
    QuarantinedSerializer,
)
from integrations.inbox import services as inbox
from integrations.inbox.contents import chunks_of
from integrations.inbox.models import Message, MessageStatus

VIEW = "integrations.view_message"


class MessageFilter(django_filters.FilterSet):
    """Narrows messages."""

    source = django_filters.CharFilter(field_name="source__name", label="Source, by name.")
    status = django_filters.MultipleChoiceFilter(
        choices=MessageStatus.choices, label="Any of these."
    )
    correlation_id = django_filters.CharFilter(label="Whole.")

    class Meta:
        model = Message
        fields: list[str] = []


class MessageViewSet(ListModelMixin, RetrieveModelMixin, Door[Message]):
    """Send messages in and follow them."""

    serializer_class = MessageSerializer
    queryset = Message.objects.none()  # names the model; `get_queryset` scopes it
    filterset_class = MessageFilter
    parser_classes = (X12Parser, BytesParser, MessageForm)
    permission_classes = (IsAuthenticated, MayDo)
    needs = {
        "list": VIEW,
        "retrieve": VIEW,
        "parts": VIEW,
        "quarantined": VIEW,
        "create": "integrations.send_message",
        "body": "integrations.download_message",
    }

    def get_queryset(self) -> QuerySet[Message]:
        """All of them, for those whose role includes it: a message is nobody's facility's yet."""
        return Message.objects.select_related("source", "received_by")

    @extend_schema(
        request={
            "application/edi-x12": OpenApiTypes.BINARY,
            "application/octet-stream": OpenApiTypes.BINARY,
            "multipart/form-data": MessageInput,
        },
        parameters=[
            OpenApiParameter("source", str, description="Its source, when the body is the message.")
        ],
        responses={
            202: OpenApiResponse(MessageSerializer, "Stored; it will be applied in a moment."),
            200: OpenApiResponse(MessageSerializer, "Held already; nothing is done."),
        },
    )
    def create(self, request: Request) -> Response:
        """Store one message.

        Its id is the `Idempotency-Key`, or else its digest: the same bytes again change nothing,
        other bytes under the same id are refused (422).
        """
        try:
            receipt = self.received(request)
        finally:
            for spooled in request.FILES.values():
                spooled.close()
        code = status.HTTP_202_ACCEPTED if receipt.is_new else status.HTTP_200_OK
        return Response(MessageSerializer(receipt.message).data, status=code)

    def received(self, request: Request) -> inbox.Receipt:
        """The message of this call, stored."""
        fields: Any = request.data
        asked = MessageInput(data={**request.query_params.dict(), **dict(fields.items())})
        asked.is_valid(raise_exception=True)
        sent = asked.validated_data["file"]
        return inbox.receive(
            source=asked.validated_data["source"],
            chunks=sent.chunks(),
            filename=sent.name,
            by=caller(request),
            message_id=request.headers.get(HEADER, ""),
        )

    create.is_idempotent = True  # type: ignore[attr-defined]  # by the inbox, under the same key

    @extend_schema(responses=MessagePartSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def parts(self, request: Request, **_address: Any) -> Response:
        """What became of each of its transactions."""
        parts = self.get_object().parts.select_related("remittance")
        return paged(self, parts, MessagePartSerializer)

    @extend_schema(responses=QuarantinedSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def quarantined(self, request: Request, **_address: Any) -> Response:
        """Its pieces that wait for a person, with place and reason."""
        return paged(self, self.get_object().quarantined.all(), QuarantinedSerializer)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, filterset_class=None, pagination_class=None)
    def body(self, request: Request, **_address: Any) -> StreamingHttpResponse:
        """Its bytes as received. They hold patient data, so the reading is recorded."""
        message = self.get_object()
        audit.record(
            chain=f"source:{message.source.name}",
            verb="message.downloaded",
            subject=f"message:{message.public_id}",
            by=caller(request),
            reason="Asked for through the API",
        )
        return StreamingHttpResponse(
            chunks_of(message),
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": f'attachment; filename="{message.public_id}.bin"',
                "Content-Security-Policy": "sandbox",
            },
        )
