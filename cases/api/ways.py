"""A denial's other ways: what came of them."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import caller, idempotent
from cases.api import appealinputs as inputs
from cases.api.appealsaying import RecourseSerializer
from cases.api.door import IF_MATCH, VersionedDoor
from cases.types.denial.appeals.actions import taking
from cases.types.denial.appeals.models import Recourse
from cases.work.models import Case


class WayViewSet(VersionedDoor[Recourse]):
    """The ways taken with the cases that the caller sees; a case lists its own."""

    queryset = Recourse.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = RecourseSerializer

    def get_queryset(self) -> QuerySet[Recourse]:
        """What the caller may see."""
        seen = Case.objects.visible_to(caller(self.request))
        return Recourse.objects.filter(case__in=seen).select_related("payer", "approval")

    @extend_schema(request=inputs.EndWayInput, responses=RecourseSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, **_address: Any) -> Response:
        """Say what came of it, or give it up."""
        fields = self.asked_of_a_version(inputs.EndWayInput)
        by, at = caller(request), timezone.now()
        ended = taking.conclude(recourse=self.get_object(), by=by, at=at, **fields)
        return Response(RecourseSerializer(ended).data)
