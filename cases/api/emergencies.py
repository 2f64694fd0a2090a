"""Emergency access through the API: the caller's own, and the review of a case."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import ByKey, Door, caller, idempotent
from cases.api import inputs
from cases.api.door import CaseDoor, verb
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Matter, RequestState
from cases.types.emergency_access import actions
from cases.types.emergency_access.queries import Emergency, emergencies_of, emergency_of
from cases.types.emergency_access.vocabulary import LONGEST_HOURS, Verdict
from cases.work.models import Queue
from integrations.canonical.models import Facility


class EmergencyInput(inputs.Input):
    """Which queue of which site, for how many hours, and why."""

    queue = ByKey(slug_field="key", queryset=Queue.objects.filter(is_active=True))
    facility = ByKey(slug_field="key", queryset=Facility.objects.all())
    hours = serializers.IntegerField(min_value=1, max_value=LONGEST_HOURS)
    reason = serializers.CharField(max_length=2000)


class EmergencyReviewInput(inputs.ReasonedInput):
    """What a third person says of it."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)

    def validate_verdict(self, verdict: str) -> Verdict:
        """As the action knows it."""
        return Verdict(verdict)


class EmergencySerializer(serializers.Serializer[Any]):
    """What the caller asked for; from when to when it is open, empty: it was not opened."""

    id = serializers.UUIDField(source="request.public_id", read_only=True)
    reference = serializers.CharField(source="request.reference", read_only=True)
    state = serializers.ChoiceField(
        choices=RequestState.choices, source="request.state", read_only=True
    )
    reason = serializers.CharField(source="request.reason", read_only=True)
    begins_at = serializers.DateTimeField(read_only=True, allow_null=True)
    ends_at = serializers.DateTimeField(read_only=True, allow_null=True)


class EmergencyViewSet(Door[ApprovalRequest]):
    """The caller's own emergencies, the newest first."""

    queryset = ApprovalRequest.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = EmergencySerializer
    pagination_class = None

    def get_queryset(self) -> QuerySet[ApprovalRequest]:
        """The caller's own."""
        mine = ApprovalRequest.objects.filter(requested_by=caller(self.request))
        return mine.filter(matter=Matter.BREAK_GLASS)

    @extend_schema(responses=EmergencySerializer(many=True))
    def list(self, request: Request) -> Response:
        """What the caller asked for lately."""
        return Response(EmergencySerializer(emergencies_of(caller(request)), many=True).data)

    @extend_schema(request=EmergencyInput, responses={201: EmergencySerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Ask for access; somebody else opens it."""
        fields = self.asked(EmergencyInput)
        made = actions.ask(by=caller(request), at=timezone.now(), **fields)
        return Response(EmergencySerializer(Emergency(made)).data, status=HTTPStatus.CREATED)

    @extend_schema(request=None, responses=EmergencySerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, **address: Any) -> Response:
        """Shut early what was opened to the caller."""
        held = get_object_or_404(self.get_queryset(), public_id=address["public_id"])
        actions.end(approval=held, by=caller(request), at=timezone.now())
        return Response(EmergencySerializer(emergency_of(held.case)).data)


class CaseEmergencies(CaseDoor):
    """The review of an emergency."""

    @verb(EmergencyReviewInput)
    def review_emergency(self, _request: Request, **_address: Any) -> Response:
        """Say of an emergency that is over whether it was justified; its case is resolved so."""
        fields = self.asked_of_a_version(EmergencyReviewInput)
        case, by = self.get_object(), caller(self.request)
        actions.review(case=case, by=by, at=timezone.now(), **fields)
        return self.answer(self.get_object())
