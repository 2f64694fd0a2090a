"""Claims, for those who were granted their facilities."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, caller, paged
from integrations.api.serializers import (
    AcknowledgementSerializer,
    AdjudicationSerializer,
    ClaimSerializer,
)
from integrations.canonical.models import Acknowledgement, Claim, RemittedClaim


class ClaimFilter(django_filters.FilterSet):
    """Narrows claims by what is no patient data: that never stands in an address."""

    payer = django_filters.CharFilter(field_name="payer__key", label="Payer, by key.")
    facility = django_filters.CharFilter(field_name="facility__key", label="Facility, by key.")
    service_from_after = django_filters.DateFilter(field_name="service_from", lookup_expr="gte")
    service_from_before = django_filters.DateFilter(field_name="service_from", lookup_expr="lt")

    class Meta:
        model = Claim
        fields: list[str] = []


class ClaimViewSet(ListModelMixin, RetrieveModelMixin, Door[Claim]):
    """Read claims and what payers made of them."""

    serializer_class = ClaimSerializer
    queryset = Claim.objects.none()  # names the model; `get_queryset` scopes it
    filterset_class = ClaimFilter

    def get_queryset(self) -> QuerySet[Claim]:
        """Of the caller's facilities."""
        return Claim.objects.visible_to(caller(self.request)).for_list()

    @extend_schema(responses=AcknowledgementSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def acknowledgements(self, request: Request, **_address: Any) -> Response:
        """What was reported of this claim before it was decided."""
        reported = Acknowledgement.objects.about(self.get_object()).oldest_first()
        return paged(self, reported, AcknowledgementSerializer)

    @extend_schema(responses=AdjudicationSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def adjudications(self, request: Request, **_address: Any) -> Response:
        """Every adjudication of this claim, newest first."""
        settled = RemittedClaim.objects.filter(claim=self.get_object())
        return paged(self, settled.with_lines(), AdjudicationSerializer)
