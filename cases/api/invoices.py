"""A held invoice: what holds it, its lines beside their orders, and the verbs about it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api import inputs
from cases.api.door import CaseDoor, verb
from cases.types.invoice_exception import actions
from cases.types.invoice_exception.actions import Booking
from cases.types.invoice_exception.models import Hold


class HoldSerializer(serializers.ModelSerializer[Hold]):
    """One thing that stands, or stood, against releasing an invoice."""

    other = serializers.SlugRelatedField[Any](slug_field="number", read_only=True)
    tolerance = serializers.SlugRelatedField[Any](slug_field="citation", read_only=True)
    ended_by = serializers.SlugRelatedField[Any](slug_field="full_name", read_only=True)

    class Meta:
        model = Hold
        fields = (
            "kind",
            "line",
            "words",
            "amount",
            "state",
            "other",
            "tolerance",
            "ended_by",
            "reason",
            "created_at",
        )
        read_only_fields = fields


class CodingInput(inputs.ReasonedInput):
    """Where a line is booked; the account is the usual one unless named."""

    line = serializers.CharField(max_length=200)
    cost_centre = serializers.CharField(max_length=100)
    account = serializers.CharField(max_length=100, default="", allow_blank=True)


class CaseInvoices(CaseDoor):
    """What is done about a vendor's invoice."""

    @extend_schema(responses=HoldSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def holds(self, request: Request, **_address: Any) -> Response:
        """What stands, or stood, against releasing the invoice of this case, oldest first."""
        found = Hold.objects.filter(invoice__cases=self.get_object())
        rows = found.select_related("other", "tolerance", "ended_by").order_by("pk")
        return Response(HoldSerializer(rows, many=True).data)

    @verb(inputs.VersionedInput)
    def recheck_invoice(self, request: Request, **_address: Any) -> Response:
        """Match the invoice again by what is known now."""
        return self.change(actions.recheck, inputs.VersionedInput)

    @verb(CodingInput)
    def code_line(self, request: Request, **_address: Any) -> Response:
        """Say where a line is booked; the invoice is matched again."""
        return self.change(code, CodingInput)

    @verb(inputs.ReasonedInput)
    def request_release(self, request: Request, **_address: Any) -> Response:
        """Ask for approval to release the invoice as it is held."""
        return self.change(actions.request_release, inputs.ReasonedInput)

    @verb(inputs.ReasonedInput)
    def confirm_duplicate(self, request: Request, **_address: Any) -> Response:
        """Say that the invoice is held twice; never by who entered it."""
        return self.change(actions.confirm_duplicate, inputs.ReasonedInput)

    @verb(inputs.ReasonedInput)
    def return_invoice(self, request: Request, **_address: Any) -> Response:
        """Return the invoice to its vendor unpaid; never by who entered it."""
        return self.change(actions.send_back, inputs.ReasonedInput)


def code(*, line: str, cost_centre: str, account: str, **act: Any) -> Any:
    """The fields of a call as the action takes them."""
    return actions.code_line(booking=Booking(line, cost_centre, account), **act)
