"""Many cases at once: freeze and preview, do, follow, undo."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, caller, idempotent, paged
from cases.actions import bulking
from cases.api import inputs
from cases.api.serializers import BatchRowSerializer, BatchSerializer
from cases.bulk.models import Batch, BatchStatus, BulkVerb
from cases.bulk.queries import Preview, results, rows_of
from cases.work.filters import CaseFilter
from cases.work.models import Case


class BatchViewSet(Door[Batch]):
    """What the caller does to many cases at once; nobody else sees it."""

    queryset = Batch.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = BatchSerializer

    def get_queryset(self) -> QuerySet[Batch]:
        """The caller's."""
        return Batch.objects.of(caller(self.request)).select_related("by", "job")

    @extend_schema(responses=BatchSerializer)
    def retrieve(self, request: Request, **_address: Any) -> Response:
        """One batch: as a draft with what it would do now, else with what became of its cases."""
        return self.answer(self.get_object())

    @extend_schema(request=inputs.BulkInput, responses={201: BatchSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Keep a selection with the versions seen, and preview it; no case is changed."""
        given = self.asked(inputs.BulkInput)
        batch = bulking.freeze(
            cases=self.selected(given),
            query=f"{request.path}?{given.get('query', '')}",
            verb=BulkVerb(given["verb"]),
            arguments=arguments_of(given),
            reason=given["reason"],
            by=caller(request),
            at=timezone.now(),
        )
        return self.answer(batch, status=HTTPStatus.CREATED)

    @extend_schema(request=None, responses=BatchSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def start(self, request: Request, **_address: Any) -> Response:
        """Do it: up to 200 cases at once, more as a job. A batch is started once."""
        return self.change(bulking.start)

    @extend_schema(request=None, responses=BatchSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def undo(self, request: Request, **_address: Any) -> Response:
        """Take back what was done to the cases that nobody changed since."""
        return self.change(bulking.undo)

    @extend_schema(responses=BatchRowSerializer(many=True))
    @action(detail=True)
    def rows(self, request: Request, **_address: Any) -> Response:
        """What became of each case, and why."""
        return paged(self, rows_of(self.get_object()), BatchRowSerializer)

    def selected(self, given: dict[str, Any]) -> QuerySet[Case]:
        """The cases that a call names, as far as its caller may see them."""
        seen = Case.objects.visible_to(caller(self.request))
        if "cases" in given:
            return seen.filter(public_id__in=given["cases"])
        narrowed = CaseFilter(QueryDict(given["query"]), queryset=seen, request=self.request)
        if not narrowed.is_valid():
            raise ValidationError({"query": [str(each) for each in narrowed.errors.values()]})
        found: QuerySet[Case] = narrowed.qs
        return found

    def change(self, change: Any) -> Response:
        """Do one action to the batch of this address."""
        batch = change(batch=self.get_object(), by=caller(self.request), at=timezone.now())
        return self.answer(batch)

    def answer(self, batch: Batch, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
        """A batch as it stands."""
        batch.counted = counted(batch)  # type: ignore[attr-defined]  # read by the serializer
        return Response(BatchSerializer(batch).data, status=status)


def arguments_of(given: dict[str, Any]) -> dict[str, Any]:
    """What a verb takes, by key, fit to be kept."""
    arguments: dict[str, Any] = {}
    if "owner" in given:
        arguments["owner_id"] = given["owner"].pk
    if "queue" in given:
        arguments["queue_id"] = given["queue"].pk
    if "with_label" in given:
        arguments["label_id"] = given["with_label"].pk
    if "until" in given:
        arguments["until"] = given["until"].isoformat()
    if "disposition" in given:
        arguments["disposition"] = given["disposition"]
    return arguments


def counted(batch: Batch) -> list[dict[str, Any]]:
    """How many cases come, or came, to what; and why."""
    if batch.status == BatchStatus.DRAFT:
        return list(of_preview(bulking.preview(batch=batch)))
    return [
        {"outcome": each.outcome.value, "why": each.why.value, "cases": each.cases}
        for each in results(batch)
    ]


def of_preview(found: Preview) -> list[dict[str, Any]]:
    """A preview as outcomes to come."""
    left = [
        {"outcome": "skipped", "why": why.value, "cases": many}
        for why, many in found.skipped.most_common()
    ]
    return [{"outcome": "waiting", "why": "", "cases": found.cases}, *left]
