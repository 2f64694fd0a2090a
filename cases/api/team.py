"""The team's numbers, as its page shows them."""

from datetime import UTC, timedelta
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import ByKey, Door, caller, idempotent
from billing_portal.accounts.models import User
from cases.actions import rebalancing
from cases.api.inputs import Input
from cases.insights.productivity import output
from cases.insights.queries import team
from cases.insights.rebalancing import proposal
from cases.work.models import Case, Queue
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


class OutputSerializer(serializers.Serializer[Any]):
    """What one person finished in thirty days, by weight, and how often a second one agreed."""

    person = serializers.CharField(source="username", read_only=True)
    cases = serializers.IntegerField(source="ended", read_only=True)
    weight = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)
    days = serializers.IntegerField(read_only=True)
    sampled = serializers.IntegerField(read_only=True)
    reviewed = serializers.IntegerField(source="agreed.whole", read_only=True)
    agreed = serializers.IntegerField(source="agreed.part", read_only=True)
    low = serializers.FloatField(source="interval.low", read_only=True)
    high = serializers.FloatField(source="interval.high", read_only=True)


class RebalanceInput(Input):
    """Which queue's work is shared out anew, among whom, and why."""

    queue = ByKey(slug_field="key", queryset=Queue.objects.filter(is_active=True))
    people = ByKey(slug_field="username", queryset=User.objects.filter(is_active=True), many=True)
    with_unassigned = serializers.BooleanField(default=True)
    reason = serializers.CharField(max_length=2000)


class LoadShareSerializer(serializers.Serializer[Any]):
    """A draft batch: what one person would get. `POST /bulk/{id}/start/` does it."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    owner = serializers.SerializerMethodField()
    cases = serializers.IntegerField(read_only=True)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)

    def get_owner(self, batch: Any) -> str:
        """Who gets it."""
        return str(self.context["names"][batch.arguments["owner_id"]])


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

    @extend_schema(responses=OutputSerializer(many=True))
    @action(detail=False)
    def finished(self, request: Request) -> Response:
        """What people finished in the last thirty days, most weight per day first."""
        found = output(caller(request), at=timezone.now(), zone=UTC)
        return Response(OutputSerializer(found, many=True).data)

    @extend_schema(request=RebalanceInput, responses={201: LoadShareSerializer(many=True)})
    @action(detail=False, methods=["post"])
    @idempotent
    def rebalance(self, request: Request) -> Response:
        """Propose an even spread: a draft batch for everybody who gets something."""
        given, by = self.asked(RebalanceInput), caller(request)
        plan = proposal(
            by, queue=given["queue"], people=given["people"], with_free=given["with_unassigned"]
        )
        made = rebalancing.draft(
            plan=plan.given, by=by, reason=given["reason"], query=request.path, at=timezone.now()
        )
        names = {person.pk: person.username for person in given["people"]}
        shown = LoadShareSerializer(made, many=True, context={"names": names})
        return Response(shown.data, status=HTTPStatus.CREATED)
