"""Remittances, for those who were granted their facilities."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from billing_portal.access.api import Door, caller, paged
from integrations.api.serializers import (
    AdjudicationSerializer,
    RemittanceDetailSerializer,
    RemittanceSerializer,
)
from integrations.canonical.models import Claim, Remittance, RemittedClaim


class RemittanceFilter(django_filters.FilterSet):
    """Narrows remittances."""

    source = django_filters.CharFilter(field_name="source__name", label="Source, by name.")
    payer = django_filters.CharFilter(field_name="payer__key", label="Payer, by key.")
    facility = django_filters.CharFilter(field_name="facility__key", label="Facility, by key.")
    trace_number = django_filters.CharFilter(label="The cheque or EFT number, whole.")
    paid_from = django_filters.DateFilter(field_name="paid_on", lookup_expr="gte")
    paid_before = django_filters.DateFilter(field_name="paid_on", lookup_expr="lt")

    class Meta:
        model = Remittance
        fields: list[str] = []


class RemittanceViewSet(ListModelMixin, RetrieveModelMixin, Door[Remittance]):
    """Read payments, their provider-level adjustments and the claims they settle."""

    queryset = Remittance.objects.none()  # names the model; `get_queryset` scopes it
    filterset_class = RemittanceFilter

    def get_queryset(self) -> QuerySet[Remittance]:
        """Of the caller's facilities."""
        return Remittance.objects.visible_to(caller(self.request)).for_list()

    def get_serializer_class(self) -> type[BaseSerializer[Remittance]]:
        """A row of the list, or the whole."""
        return RemittanceSerializer if self.action == "list" else RemittanceDetailSerializer

    @extend_schema(responses=AdjudicationSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def claims(self, request: Request, **_address: Any) -> Response:
        """Its claims as adjudicated: those of the caller's facilities."""
        seen = Claim.objects.visible_to(caller(request))
        settled = RemittedClaim.objects.filter(remittance=self.get_object(), claim__in=seen)
        return paged(self, settled.with_lines(), AdjudicationSerializer)
