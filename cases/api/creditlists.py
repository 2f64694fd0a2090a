"""Credit balances across cases: the clocks that run by law, and what payers hold outside claims."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, caller
from billing_portal.access.paging import Ranked
from billing_portal.kernel.days import house_day
from cases.actions import looking
from cases.api.money import Amount
from cases.types.refund import reporting
from cases.types.refund.provider_ledger import Balance, balances
from cases.types.refund.queries import OpenClock, open_clocks
from cases.types.refund.reach import clocked_by
from cases.work.models import Case
from integrations.canonical.models import Claim, Remittance


class OfCaseSerializer(serializers.Serializer[Any]):
    """What has a case; `seen` of the context are those that the caller sees."""

    case = serializers.SerializerMethodField(help_text="By id; null: none that you see.")

    def get_case(self, held: OpenClock | Balance) -> UUID | None:
        """Its id for whoever may open it."""
        case = held.case
        return case.public_id if case and case.pk in self.context["seen"] else None


class FederalClockSerializer(OfCaseSerializer):
    """An identified overpayment; `due_on` is the last day to return it, null without a rule."""

    reference = serializers.CharField(source="case.reference", read_only=True)
    title = serializers.CharField(source="case.title", read_only=True)
    queue = serializers.CharField(source="case.queue.key", read_only=True)
    facility = serializers.CharField(source="case.facility.key", read_only=True)
    payer = serializers.CharField(source="case.payer.key", default=None, read_only=True)
    amount = Amount(source="case.amount_at_risk")
    currency = serializers.CharField(source="case.currency", read_only=True)
    identified_on = serializers.DateField(source="clock.identified_on", read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    is_suspended = serializers.SerializerMethodField()
    is_late = serializers.SerializerMethodField()

    def get_is_suspended(self, held: OpenClock) -> bool:
        """Whether an investigation holds the days still today."""
        return held.is_suspended(on=self.context["today"])

    def get_is_late(self, held: OpenClock) -> bool:
        """Whether the last day is over."""
        return held.is_late(on=self.context["today"])


class LedgerLineSerializer(serializers.Serializer[Any]):
    """One adjustment of a payment; a positive amount lowers it."""

    paid_on = serializers.DateField(read_only=True, allow_null=True)
    trace = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True, help_text="`WO`, `72` or `FB`.")
    amount = Amount()


class ProviderBalanceSerializer(OfCaseSerializer):
    """All that a payer did under one reference; `open` is 0.00 when it came to nothing."""

    payer = serializers.CharField(source="payer.key", read_only=True)
    reference = serializers.CharField(read_only=True)
    claim = serializers.UUIDField(
        source="claim.public_id", default=None, allow_null=True, read_only=True
    )
    currency = serializers.CharField(read_only=True)
    lines = LedgerLineSerializer(many=True, read_only=True)
    total = Amount()
    returned = Amount(help_text="What we agreed to let the payer recoup.")
    open = Amount()


class CreditReportSerializer(serializers.Serializer[Any]):
    """One open credit of Medicare as CMS-838 lists it; `amount` is Medicare's share."""

    case = serializers.UUIDField(source="case.public_id", read_only=True)
    reference = serializers.CharField(source="case.reference", read_only=True)
    facility = serializers.CharField(source="case.facility.key", read_only=True)
    claim = serializers.UUIDField(
        source="case.claim.public_id", default=None, allow_null=True, read_only=True
    )
    service_from = serializers.DateField(
        source="case.claim.service_from", default=None, allow_null=True, read_only=True
    )
    service_to = serializers.DateField(
        source="case.claim.service_to", default=None, allow_null=True, read_only=True
    )
    paid_on = serializers.DateField(read_only=True, allow_null=True)
    amount = Amount()
    currency = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)
    method = serializers.CharField(read_only=True, help_text="Of repayment; empty until chosen.")


class CreditViewSet(Door[Case]):
    """The lists of credit balances, ranked as their pages are."""

    queryset = Case.objects.none()  # names the model; what is answered are the lists across cases
    serializer_class = FederalClockSerializer
    pagination_class = Ranked

    @extend_schema(responses=FederalClockSerializer(many=True))
    @action(detail=False)
    def clocks(self, request: Request) -> Response:
        """Every federal clock that runs on what the caller sees, the earliest due first.

        For compliance on all there are. What was shown is recorded.
        """
        reader = caller(request)
        page = self.paginate_queryset(list(open_clocks(clocked_by(reader)))) or []
        shown = [each.case for each in page]
        looking.listed(by=reader, cases=shown, where=request.path)
        context = {"seen": self.seen(shown), "today": house_day(timezone.now())}
        said = FederalClockSerializer(page, many=True, context=context)
        return self.get_paginated_response(said.data)

    @extend_schema(responses=ProviderBalanceSerializer(many=True))
    @action(detail=False)
    def payers(self, request: Request) -> Response:
        """What payers took and gave outside of claims, by reference, what is open first."""
        reader = caller(request)
        claims = Claim.objects.visible_to(reader)
        found = balances(Remittance.objects.visible_to(reader), claims=claims)
        page = self.paginate_queryset(found) or []
        context = {"seen": self.seen([each.case for each in page if each.case])}
        said = ProviderBalanceSerializer(page, many=True, context=context)
        return self.get_paginated_response(said.data)

    @extend_schema(responses=CreditReportSerializer(many=True))
    @action(detail=False)
    def report(self, request: Request) -> Response:
        """The open Medicare credits that the caller sees, oldest first. What was shown is recorded.

        Taking the report out as a file is its page's.
        """
        reader = caller(request)
        found = reporting.rows_of(Case.objects.visible_to(reader))
        page = self.paginate_queryset(found) or []
        looking.listed(by=reader, cases=[row.case for row in page], where=request.path)
        return self.get_paginated_response(CreditReportSerializer(page, many=True).data)

    def seen(self, cases: Collection[Case]) -> set[int]:
        """Which of these cases the caller may open."""
        visible = Case.objects.visible_to(caller(self.request))
        return set(visible.filter(pk__in=[e.pk for e in cases]).values_list("pk", flat=True))
