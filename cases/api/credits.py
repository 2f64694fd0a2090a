"""Credit balances: what is found out, signed and sent back, and the lists across cases."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import ByKey, caller
from cases.api import inputs
from cases.api.door import CaseDoor, verb
from cases.types.refund import actions
from cases.types.refund.models import RefundCheck
from cases.types.refund.owning import Found
from cases.types.refund.unclaimed import BY_PEOPLE
from cases.types.refund.vocabulary import CheckStatus, FederalActKind, Outcome, Way
from integrations.canonical.models import Payer

SAID = [(each.value, each.label) for each in CheckStatus if each in BY_PEOPLE]


class ResearchInput(inputs.ReasonedInput):
    """What was wrong, how much is to go back, and which payer's it is."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    payer = ByKey(slug_field="key", queryset=Payer.objects.all(), required=False)


class FederalActInput(inputs.ReasonedInput):
    """What is signed, and for which day."""

    kind = serializers.ChoiceField(choices=FederalActKind.choices)
    on = serializers.DateField()


class SendBackInput(inputs.ReasonedInput):
    """How money goes back."""

    way = serializers.ChoiceField(choices=Way.choices)


class CheckInput(inputs.ReasonedInput):
    """A check that was sent for an approved refund."""

    number = serializers.CharField(max_length=60)
    issued_on = serializers.DateField()


class CheckMovedInput(inputs.Input):
    """What became of a check of the case, by its number."""

    number = serializers.CharField(max_length=60)
    to = serializers.ChoiceField(
        choices=[(e.value, e.label) for e in CheckStatus if e in BY_PEOPLE]
    )
    on = serializers.DateField()
    reason = serializers.CharField(max_length=2000)


class CaseCredits(CaseDoor):
    """What is done about a credit balance."""

    @verb(ResearchInput)
    def research(self, _request: Request, **_address: Any) -> Response:
        """Record what was wrong and whose the money is; required before it may go back."""
        fields = self.asked_of_a_version(ResearchInput)
        payer = fields.pop("payer", None)
        case = self.get_object()
        found = Found(
            Outcome(fields.pop("outcome")),
            fields.pop("amount"),
            case.currency,
            payer.pk if payer else None,
        )
        made = actions.research(
            case=case, found=found, by=caller(self.request), at=timezone.now(), **fields
        )
        return self.answer(made.case)

    @verb(FederalActInput)
    def sign(self, _request: Request, **_address: Any) -> Response:
        """Sign a federal act; the deadline of the case follows its clock."""
        fields = self.asked_of_a_version(FederalActInput)
        kind = FederalActKind(fields.pop("kind"))
        case, by = self.get_object(), caller(self.request)
        actions.sign(case=case, kind=kind, by=by, at=timezone.now(), **fields)
        return self.answer(self.get_object())

    @verb(SendBackInput)
    def refund(self, _request: Request, **_address: Any) -> Response:
        """Let money go back: asked for where it leaves, awaited where the payer takes it."""
        fields = self.asked_of_a_version(SendBackInput)
        way = Way(fields.pop("way"))
        case, by = self.get_object(), caller(self.request)
        actions.send_back(case=case, way=way, by=by, at=timezone.now(), **fields)
        return self.answer(self.get_object())

    @verb(CheckInput)
    def check(self, _request: Request, **_address: Any) -> Response:
        """Keep the check that was sent; it is followed until it is cashed or the state has it."""
        case = self.get_object()
        fields = self.asked_of_a_version(CheckInput)
        actions.issue_check(case=case, by=caller(self.request), **fields)
        return self.answer(case)

    @verb(CheckMovedInput)
    def check_moved(self, _request: Request, **_address: Any) -> Response:
        """Say what became of a check."""
        case, fields = self.get_object(), self.asked(CheckMovedInput)
        checks = RefundCheck.objects.filter(case=case)
        check = get_object_or_404(checks, number=fields.pop("number"))
        to = CheckStatus(fields.pop("to"))
        actions.move_check(check=check, to=to, by=caller(self.request), **fields)
        return self.answer(case)
