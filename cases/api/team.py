"""The team's numbers, as its page shows them."""

from datetime import UTC, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, caller
from cases.insights.queries import team
from cases.work.models import Case
from cases.work.queries import Moment


class LoadSerializer(serializers.Serializer[Any]):
    """What one person, or nobody (an empty `owner`), has open in one queue."""

    owner = serializers.CharField(source="username", read_only=True)
    queue = serializers.CharField(read_only=True)
    open_cases = serializers.IntegerField(source="cases", read_only=True)
    open_amount = serializers.DecimalField(
        source="amount", max_digits=20, decimal_places=2, read_only=True
    )
    due_today = serializers.IntegerField(source="today", read_only=True)
    overdue = serializers.IntegerField(read_only=True)
    standing_still = serializers.IntegerField(source="quiet", read_only=True)
    came_back = serializers.IntegerField(source="back", read_only=True)
    oldest = serializers.DateTimeField(read_only=True)


class AgesSerializer(serializers.Serializer[Any]):
    """The open cases of one queue by age in business days, in the order of `buckets`."""

    queue = serializers.CharField(read_only=True)
    counts = serializers.ListField(child=serializers.IntegerField(), read_only=True)


class TeamSerializer(serializers.Serializer[Any]):
    """The queues that the caller leads."""

    loads = LoadSerializer(many=True, read_only=True)
    ages = AgesSerializer(many=True, read_only=True)
    buckets = serializers.SerializerMethodField()
    quiet_since = serializers.DateTimeField(read_only=True)

    def get_buckets(self, found: Any) -> list[str]:
        """Their names."""
        return [band.label for band in found.buckets]


class TeamViewSet(Door[Case]):
    """Load, ages and what stands still; nothing for who leads no queue."""

    queryset = Case.objects.none()  # names the model; what is answered are its numbers
    serializer_class = TeamSerializer
    pagination_class = None

    @extend_schema(responses=TeamSerializer)
    def list(self, request: Request) -> Response:
        """All of it at once; days are counted in UTC."""
        now = timezone.now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = Moment(now, midnight + timedelta(days=1))
        found = team(caller(request), moment=moment, today=now.date(), zone=UTC)
        return Response(TeamSerializer(found).data)
