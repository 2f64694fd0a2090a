"""The money of a case through the API: what its page shows, as amounts."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import caller
from cases.actions import looking
from cases.api.door import CaseDoor
from cases.insights.tracing import Stage, trace_of


class Amount(serializers.DecimalField):
    """An exact amount, to be read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 14, "decimal_places": 2, "read_only": True, **options})


class TieSerializer(serializers.Serializer[Any]):
    """Two amounts that must be the same."""

    stage = serializers.ChoiceField(choices=Stage.choices, read_only=True)
    one = serializers.CharField(read_only=True)
    amount = Amount()
    other = serializers.CharField(read_only=True)
    found = Amount()
    gap = Amount()


class TransitSerializer(serializers.Serializer[Any]):
    """What was sent and is not confirmed yet."""

    event = serializers.CharField(read_only=True)
    amount = Amount()
    words = serializers.CharField(read_only=True)


class TraceSerializer(serializers.Serializer[Any]):
    """All steps of a case's money; `unexplained` is 0.00 when everything ties."""

    currency = serializers.CharField(read_only=True)
    unexplained = Amount()
    under_way = Amount()
    ties = TieSerializer(many=True, read_only=True)
    transit = TransitSerializer(many=True, read_only=True)


class CaseMoney(CaseDoor):
    """The money trace of a case."""

    @extend_schema(responses=TraceSerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def money(self, request: Request, **_address: Any) -> Response:
        """From the deposit to the ERP's document, to the cent. Reading it is on record."""
        case = self.get_object()
        looking.listed(by=caller(request), cases=[case], where=request.path)
        return Response(TraceSerializer(trace_of(case)).data)
