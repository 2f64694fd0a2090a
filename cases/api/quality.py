"""The second look through the API: what waits for the caller, and their answer."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, caller, idempotent
from cases.actions import looking, reviewing
from cases.api.inputs import Input
from cases.quality.models import QaSample
from cases.quality.sampling import Method
from cases.work.lifecycle import Disposition


class SampleSerializer(serializers.Serializer[Any]):
    """A finished case without who finished it, and how."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    drawn_on = serializers.DateField(source="draw.on", read_only=True)
    method = serializers.ChoiceField(choices=Method.choices, read_only=True)
    title = serializers.CharField(source="case.title", read_only=True)
    code = serializers.CharField(source="case.code", read_only=True)
    queue = serializers.CharField(source="case.queue.key", read_only=True)
    amount_at_risk = serializers.DecimalField(
        source="case.amount_at_risk", max_digits=14, decimal_places=2, read_only=True
    )
    currency = serializers.CharField(source="case.currency", read_only=True)


class AnsweredSerializer(SampleSerializer):
    """The same with both ends."""

    case = serializers.UUIDField(source="case.public_id", read_only=True)
    verdict = serializers.ChoiceField(choices=Disposition.choices, read_only=True)
    disposition = serializers.ChoiceField(choices=Disposition.choices, read_only=True)
    agrees = serializers.BooleanField(read_only=True)


class AnswerInput(Input):
    """How it should have ended, and why."""

    verdict = serializers.ChoiceField(choices=Disposition.choices)
    reason = serializers.CharField(max_length=2000)


class ReviewViewSet(Door[QaSample]):
    """Finished cases that wait for a second person, of queues that the caller works."""

    queryset = QaSample.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = SampleSerializer

    def get_queryset(self) -> QuerySet[QaSample]:
        """Those that the caller may answer."""
        waiting = QaSample.objects.waiting_for(caller(self.request))
        return waiting.select_related("case__queue", "draw")

    @extend_schema(responses=SampleSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The newest first; how each was ended is not told. What was shown is recorded."""
        page = self.paginate_queryset(self.get_queryset())
        shown = [sample.case for sample in page or []]
        looking.listed(by=caller(request), cases=shown, where=request.path)
        return self.get_paginated_response(SampleSerializer(page, many=True).data)

    @extend_schema(request=AnswerInput, responses=AnsweredSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def answer(self, request: Request, **_address: Any) -> Response:
        """Say how it should have ended; answers how it did."""
        given = self.asked(AnswerInput)
        made = reviewing.answer(
            sample=self.get_object(),
            verdict=Disposition(given["verdict"]),
            reason=given["reason"],
            by=caller(request),
            at=timezone.now(),
        )
        return Response(AnsweredSerializer(made).data)
