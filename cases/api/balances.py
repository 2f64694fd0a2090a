"""Batches of small balances: the sample, what is said of it, and the request to sign."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import caller
from cases.actions import looking
from cases.api import inputs
from cases.api.door import CaseDoor, verb
from cases.types.small_balance import actions
from cases.types.small_balance.models import SmallBalanceBatch
from cases.types.small_balance.queries import sample_of
from cases.types.small_balance.vocabulary import Outcome
from cases.work.models import Case


class LookInput(inputs.ReasonedInput):
    """What somebody says who looked at a sampled balance, by its number in the batch."""

    position = serializers.IntegerField(min_value=1)
    outcome = serializers.ChoiceField(choices=Outcome.choices)

    def validate_outcome(self, outcome: str) -> Outcome:
        """As the action knows it."""
        return Outcome(outcome)


class SampledSerializer(serializers.Serializer[Any]):
    """One sampled balance; `outcome` is empty until somebody looked at it."""

    position = serializers.IntegerField(read_only=True)
    account = serializers.UUIDField(source="account.public_id", read_only=True)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)
    outcome = serializers.ChoiceField(
        choices=Outcome.choices, source="look.outcome", default=None, read_only=True
    )


class CaseBalances(CaseDoor):
    """What is done about a batch of small balances."""

    @extend_schema(responses=SampledSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def sample(self, request: Request, **_address: Any) -> Response:
        """The balances of this batch that were drawn. Reading them is on record."""
        case = self.get_object()
        batch = get_object_or_404(SmallBalanceBatch, case=case)
        looking.listed(by=caller(request), cases=[case], where=request.path)
        return Response(SampledSerializer(sample_of(batch), many=True).data)

    @verb(LookInput)
    def look(self, _request: Request, **_address: Any) -> Response:
        """Say of one sampled balance whether it is right; a wrong one takes the batch back."""
        return self._done(actions.look, LookInput)

    @verb(inputs.ReasonedInput)
    def request_signature(self, _request: Request, **_address: Any) -> Response:
        """Ask somebody else to sign the batch, once its whole sample was found right."""
        return self._done(actions.request, inputs.ReasonedInput)

    def _done(self, act: Any, takes: type[inputs.VersionedInput]) -> Response:
        fields = self.asked_of_a_version(takes)
        case: Case = self.get_object()
        act(case=case, by=caller(self.request), at=timezone.now(), **fields)
        return self.answer(self.get_object())
