"""Cases: finding and reading them; their verbs and their record stand beside this module."""

from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import caller, idempotent
from cases.actions import looking, revealing, working
from cases.api import inputs
from cases.api.balances import CaseBalances
from cases.api.caseappeals import CaseAppeals
from cases.api.credits import CaseCredits
from cases.api.emergencies import CaseEmergencies
from cases.api.invoices import CaseInvoices
from cases.api.joining import CaseJoining
from cases.api.money import CaseMoney
from cases.api.postings import CasePostings
from cases.api.record import CaseRecord
from cases.api.serializers import CaseDetailSerializer, CaseSerializer, HitSerializer
from cases.api.sharing import CaseSharing
from cases.api.verbs import CaseVerbs
from cases.work.filters import CaseFilter
from cases.work.search import search


class CaseViewSet(
    CaseVerbs,
    CaseRecord,
    CaseSharing,
    CaseJoining,
    CaseAppeals,
    CasePostings,
    CaseCredits,
    CaseMoney,
    CaseInvoices,
    CaseBalances,
    CaseEmergencies,
):
    """The cases of the caller's queues and facilities."""

    filterset_class = CaseFilter

    @extend_schema(responses=CaseSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The cases that the filters leave, newest first; what was shown is recorded."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        looking.listed(by=caller(request), cases=page or [], where=request.path)
        return self.get_paginated_response(CaseSerializer(page, many=True).data)

    def retrieve(self, request: Request, **_address: Any) -> Response:
        """One case; its `ETag` is its version. That it was opened is recorded."""
        case = self.get_object()
        revealing.record_view(case=case, by=caller(request))
        return self.answer(case)

    @extend_schema(
        request=inputs.ClaimNextInput,
        responses={200: CaseDetailSerializer, 204: OpenApiResponse(description="Nothing waits.")},
    )
    @action(detail=False, methods=["post"], url_path="claim-next", filterset_class=None)
    @idempotent
    def claim_next(self, request: Request) -> Response:
        """Take the most urgent case that waits in the caller's queues: due first, then amount."""
        fields = self.asked(inputs.ClaimNextInput)
        case = working.claim_next(by=caller(request), at=timezone.now(), **fields)
        return Response(status=HTTPStatus.NO_CONTENT) if case is None else self.answer(case)

    @extend_schema(request=inputs.SearchInput, responses=HitSerializer(many=True))
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def search(self, request: Request) -> Response:
        """Find cases by what is at hand; the term stands in the body, never in an address."""
        by, term = caller(request), self.asked(inputs.SearchInput)["term"]
        groups = search(by, term)
        hits = [{"matched": label, "case": case} for label, cases in groups for case in cases]
        looking.searched(by=by, term=term, found=len(hits))
        return Response(HitSerializer(hits, many=True).data)
