"""Merging cases into one, and splitting one in two."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import caller
from cases.actions import joining
from cases.actions.joining import Seen
from cases.api import inputs
from cases.api.door import CaseDoor, verb
from cases.work.models import Case
from cases.work.types import CASE_TYPES


class ItemSerializer(serializers.Serializer[Any]):
    """A part of a case that a case of its own can be made of."""

    key = serializers.CharField(read_only=True)
    words = serializers.CharField(read_only=True)
    codes = serializers.CharField(read_only=True)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)


class OtherInput(inputs.Input):
    """Another case, as it was seen."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1)


class MergeInput(inputs.ReasonedInput):
    """The case that stays, and others that end with this one."""

    into = OtherInput()
    others = OtherInput(many=True, required=False)


class SplitInput(inputs.ReasonedInput):
    """The parts, by key, that become a case of their own."""

    items = serializers.ListField(child=serializers.CharField(max_length=500), max_length=1000)


class CaseJoining(CaseDoor):
    """What makes one case of several, and two of one."""

    @verb(MergeInput)
    def merge(self, _request: Request, **_address: Any) -> Response:
        """End this case, and others with it, in one that stays; answers with that one.

        It takes over what is at risk by them, their earliest deadline and their facts to come.
        """
        fields = self.asked_of_a_version(MergeInput)
        into, others = fields["into"], fields.get("others", ())
        mine = Seen(self.get_object(), fields["seen_version"])
        kept = joining.merge(
            cases=[mine, *(Seen(self.seen(each), each["version"]) for each in others)],
            into=self.seen(into),
            by=caller(self.request),
            reason=fields["reason"],
            at=timezone.now(),
            seen_version=into["version"],
        )
        return self.answer(kept)

    @verb(SplitInput)
    def split(self, _request: Request, **_address: Any) -> Response:
        """Make some parts of this case a case of their own; answers with that one."""
        return self.change(joining.split, SplitInput)

    @extend_schema(responses=ItemSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def items(self, _request: Request, **_address: Any) -> Response:
        """The parts of this case, with what is at risk by each: for `split`."""
        case = self.get_object()
        found = CASE_TYPES.get(case.case_type).items(case.key)
        return Response(ItemSerializer(found, many=True).data)

    def seen(self, named: dict[str, Any]) -> Case:
        """A case that the caller names and sees."""
        return get_object_or_404(self.get_queryset(), public_id=named["id"])
