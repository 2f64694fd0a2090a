"""A case's appeals and other ways."""

from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import caller, idempotent
from cases.actions import revealing
from cases.api import appealinputs as inputs
from cases.api.appeals import due_of, grounds_of
from cases.api.appealsaying import AppealSerializer, RecourseSerializer
from cases.api.door import IF_MATCH, CaseDoor
from cases.types.denial.appeals.actions import preparing, taking
from cases.types.denial.appeals.models import Appeal, Recourse
from cases.types.denial.appeals.terms import Particulars


class CaseAppeals(CaseDoor):
    """What is done about a denial beside the case itself."""

    @extend_schema(responses=AppealSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def appeals(self, request: Request, **_address: Any) -> Response:
        """The appeals of this case, newest first. That they were read is recorded."""
        case, by = self.get_object(), caller(request)
        revealing.record_view(case=case, by=by)
        found = Appeal.objects.visible_to(by).for_page().filter(case=case).order_by("-pk")
        return Response(AppealSerializer(found, many=True).data)

    @extend_schema(request=inputs.BeginInput, responses={201: AppealSerializer})
    @appeals.mapping.post
    @idempotent
    def begin_appeal(self, request: Request, **_address: Any) -> Response:
        """Open the next level of appeal, with a letter drafted."""
        fields = self.asked(inputs.BeginInput)
        made = preparing.begin(
            case=self.get_object(),
            by=caller(request),
            grounds=grounds_of(fields),
            due=due_of(fields),
        )
        return Response(AppealSerializer(made).data, status=HTTPStatus.CREATED)

    @extend_schema(responses=RecourseSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def ways(self, request: Request, **_address: Any) -> Response:
        """The other ways taken with this denial, newest first."""
        found = Recourse.objects.filter(case=self.get_object()).select_related("payer", "approval")
        return Response(RecourseSerializer(found.order_by("-pk"), many=True).data)

    @extend_schema(
        request=inputs.WayInput, responses={201: RecourseSerializer}, parameters=[IF_MATCH]
    )
    @ways.mapping.post
    @idempotent
    def take_way(self, request: Request, **_address: Any) -> Response:
        """Take another way: corrected claim, second payer, patient, write-off request."""
        fields = self.asked_of_a_version(inputs.WayInput)
        seen, way = fields.pop("seen_version"), fields.pop("way")
        made = taking.take(
            case=self.get_object(),
            by=caller(request),
            at=timezone.now(),
            way=way,
            particulars=Particulars(**fields),
            seen_version=seen,
        )
        return Response(RecourseSerializer(made).data, status=HTTPStatus.CREATED)
