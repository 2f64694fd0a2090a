"""Delegations through the API: the caller's own, and those of the absent for who arranges them."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import ByKey, caller, idempotent
from billing_portal.accounts.models import User
from cases.actions import delegating
from cases.api.door import IF_MATCH, VersionedDoor
from cases.api.inputs import Input, ReasonedInput
from cases.approvals.listing import delegations_of
from cases.approvals.models import Delegation
from cases.approvals.saying import Scope
from cases.approvals.vocabulary import Matter


class DelegationSerializer(serializers.Serializer[Any]):
    """Who decides for whom, for what, and how long; both days are included."""

    id = serializers.IntegerField(source="pk", read_only=True)
    giver = serializers.CharField(source="giver.username", read_only=True)
    taker = serializers.CharField(source="taker.username", read_only=True)
    matters = serializers.ListField(
        child=serializers.ChoiceField(choices=Matter.choices), read_only=True
    )
    max_amount = serializers.DecimalField(
        max_digits=14, decimal_places=2, read_only=True, allow_null=True
    )
    starts_on = serializers.DateField(read_only=True)
    ends_on = serializers.DateField(read_only=True)
    reason = serializers.CharField(read_only=True)
    revoked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True)


class DelegateInput(Input):
    """Who decides for the caller, for what, and how long."""

    giver = ByKey(
        slug_field="username",
        queryset=User.objects.filter(is_active=True),
        required=False,
        help_text="Who is away, if not the caller: for who arranges delegations.",
    )
    taker = ByKey(slug_field="username", queryset=User.objects.filter(is_active=True))
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    matters = serializers.ListField(child=serializers.ChoiceField(Matter.choices), default=[])
    max_amount = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=Decimal("0.01"), default=None, allow_null=True
    )
    reason = serializers.CharField(max_length=2000)


class DelegationViewSet(ListModelMixin, VersionedDoor[Delegation]):
    """What the caller gave and took, newest first; who arranges delegations sees all."""

    queryset = Delegation.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = DelegationSerializer
    lookup_field = "pk"
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Delegation]:
        """The caller's own, or all."""
        return delegations_of(caller(self.request))

    @extend_schema(request=DelegateInput, responses={201: DelegationSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Let somebody decide for the caller, or for somebody who is away."""
        given = self.asked(DelegateInput)
        made = delegating.delegate(
            giver=given.get("giver") or caller(request),
            taker=given["taker"],
            scope=Scope(
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                matters=tuple(map(Matter, given["matters"])),
                max_amount=given["max_amount"],
            ),
            by=caller(request),
            reason=given["reason"],
            at=timezone.now(),
        )
        return Response(DelegationSerializer(made).data, status=201)

    @extend_schema(request=ReasonedInput, responses=DelegationSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    @idempotent
    def end(self, request: Request, **_address: Any) -> Response:
        """End one at once."""
        fields = self.asked_of_a_version(ReasonedInput)
        held = self.get_object()
        ended = delegating.revoke(delegation=held, by=caller(request), at=timezone.now(), **fields)
        return Response(DelegationSerializer(ended).data)
