"""Cases: reading them, and every verb that can be done to one."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from billing_portal.access.api import PUBLIC_ID, caller, idempotent
from cases.actions import evidence, revealing, working
from cases.api import inputs
from cases.api.serializers import (
    AttachmentSerializer,
    CaseDetailSerializer,
    CaseSerializer,
    HitSerializer,
    NoteSerializer,
    PatientSerializer,
    StepSerializer,
)
from cases.evidence.models import Attachment
from cases.work.filters import CaseFilter
from cases.work.models import Case
from cases.work.queries import done_steps, marks
from cases.work.search import search
from cases.work.types import CASE_TYPES

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description='The version you saw, e.g. `"3"`.'
)


def verb(
    takes: type[inputs.Input], *, gives: Any = CaseDetailSerializer, **options: Any
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """A POST on one case that is safe to send twice, described by what it takes and gives."""

    def decorate(handler: Callable[..., Response]) -> Callable[..., Response]:
        described = extend_schema(request=takes, responses=gives, parameters=[IF_MATCH])
        routed = action(detail=True, methods=["post"], filterset_class=None, **options)
        return routed(described(idempotent(handler)))

    return decorate


class CaseViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Case]):
    """The cases of the caller's queues and facilities."""

    filterset_class = CaseFilter
    lookup_field = "public_id"
    lookup_value_regex = PUBLIC_ID

    def get_queryset(self) -> QuerySet[Case]:
        """What the caller may see; anything else does not exist."""
        return Case.objects.visible_to(caller(self.request)).for_list()

    def get_serializer_class(self) -> type[BaseSerializer[Case]]:
        """A row of the list, or the whole."""
        return CaseSerializer if self.action == "list" else CaseDetailSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One case; its `ETag` is its version."""
        return self.answer(self.get_object())

    def answer(self, case: Case) -> Response:
        """A case as it stands, after a reading or a change."""
        shown = CaseDetailSerializer(case, context=self.get_serializer_context())
        return Response(shown.data, headers={"ETag": f'"{case.version}"'})

    def asked(self, takes: type[inputs.Input]) -> dict[str, Any]:
        """The fields of the call, checked."""
        read = takes(data=self.request.data, context=self.get_serializer_context())
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    def asked_of_a_version(self, takes: type[inputs.VersionedInput]) -> dict[str, Any]:
        """The same with `seen_version`, from the body or from `If-Match`."""
        fields = self.asked(takes)
        seen = fields.pop("version", None) or self.version_of_header()
        if seen is None:
            raise ValidationError({"version": ["Name the version you saw, here or in If-Match."]})
        return {**fields, "seen_version": seen}

    def version_of_header(self) -> int | None:
        """The version in `If-Match`, if there is one."""
        tag = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        return int(tag) if tag.isdecimal() else None

    def change(self, action: Callable[..., Case], takes: type[inputs.VersionedInput]) -> Response:
        """Do one action to the case of this address."""
        fields = self.asked_of_a_version(takes)
        by, at = caller(self.request), timezone.now()
        return self.answer(action(case=self.get_object(), by=by, at=at, **fields))

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
        return Response(status=status.HTTP_204_NO_CONTENT) if case is None else self.answer(case)

    @verb(inputs.VersionedInput)
    def claim(self, request: Request, **_address: Any) -> Response:
        """Take this case."""
        return self.change(working.claim, inputs.VersionedInput)

    @verb(inputs.AssignInput)
    def assign(self, request: Request, **_address: Any) -> Response:
        """Give this case to somebody who works its queue."""
        return self.change(working.assign, inputs.AssignInput)

    @verb(inputs.ReasonedInput)
    def release(self, request: Request, **_address: Any) -> Response:
        """Put this case back."""
        return self.change(working.release, inputs.ReasonedInput)

    @verb(inputs.TransferInput)
    def transfer(self, request: Request, **_address: Any) -> Response:
        """Move this case to another queue; its due times are counted anew."""
        return self.change(working.transfer, inputs.TransferInput)

    @verb(inputs.DeferInput)
    def defer(self, request: Request, **_address: Any) -> Response:
        """Let this case sleep until a day."""
        return self.change(working.defer, inputs.DeferInput)

    @verb(inputs.WaitInput)
    def wait(self, request: Request, **_address: Any) -> Response:
        """Note that this case waits for the payer, or for information."""
        return self.change(working.wait, inputs.WaitInput)

    @verb(inputs.ReasonedInput)
    def resume(self, request: Request, **_address: Any) -> Response:
        """Go on with this case."""
        return self.change(working.resume, inputs.ReasonedInput)

    @verb(inputs.ResolveInput)
    def resolve(self, request: Request, **_address: Any) -> Response:
        """End this case with a disposition that its type offers."""
        return self.change(working.resolve, inputs.ResolveInput)

    @verb(inputs.ReasonedInput)
    def reopen(self, request: Request, **_address: Any) -> Response:
        """Take up this finished case again."""
        return self.change(working.reopen, inputs.ReasonedInput)

    @extend_schema(request=inputs.CommentInput, responses={201: NoteSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def comment(self, request: Request, **_address: Any) -> Response:
        """Say something about this case."""
        fields = self.asked(inputs.CommentInput)
        note = working.comment(case=self.get_object(), by=caller(request), **fields)
        return Response(NoteSerializer(note).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=StepSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def steps(self, request: Request, **_address: Any) -> Response:
        """What is to be done on this case, specific to its reason, and what is done."""
        return Response(self.steps_of(self.get_object()))

    @extend_schema(request=inputs.StepInput, responses=StepSerializer(many=True))
    @steps.mapping.post
    @idempotent
    def mark_step(self, request: Request, **_address: Any) -> Response:
        """Tick or untick a step."""
        fields, case = self.asked(inputs.StepInput), self.get_object()
        working.mark_step(case=case, by=caller(request), **fields)
        return Response(self.steps_of(case))

    def steps_of(self, case: Case) -> list[dict[str, Any]]:
        """A case's steps with their newest marks."""
        marked = Case.objects.visible_to(caller(self.request)).annotate(marks=marks())
        done = done_steps(marked.get(pk=case.pk))
        return [
            {"key": step.key, "words": step.words, "is_done": step.key in done}
            for step in CASE_TYPES.get(case.case_type).steps(case.details)
        ]

    @extend_schema(responses=AttachmentSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def attachments(self, request: Request, **_address: Any) -> Response:
        """The files attached to this case, newest first."""
        files = Attachment.objects.filter(case=self.get_object()).select_related("attached_by")
        page = self.paginate_queryset(files)
        return self.get_paginated_response(AttachmentSerializer(page, many=True).data)

    @extend_schema(
        request={"multipart/form-data": inputs.AttachInput}, responses={201: AttachmentSerializer}
    )
    @action(detail=True, methods=["post"], filterset_class=None, parser_classes=[MultiPartParser])
    @idempotent
    def attach(self, request: Request, **_address: Any) -> Response:
        """Attach a file; what it is is found from its content, not from its name."""
        fields = self.asked(inputs.AttachInput)
        kept = evidence.attach(case=self.get_object(), by=caller(request), **fields)
        return Response(AttachmentSerializer(kept).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=inputs.RevealInput, responses=PatientSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def reveal(self, request: Request, **_address: Any) -> Response:
        """The patient of this case, unmasked. Who asked and what for is recorded first."""
        fields = self.asked(inputs.RevealInput)
        patient = revealing.reveal_patient(case=self.get_object(), by=caller(request), **fields)
        return Response(PatientSerializer(patient).data)

    @extend_schema(request=inputs.SearchInput, responses=HitSerializer(many=True))
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def search(self, request: Request) -> Response:
        """Find cases by what is at hand; the term stands in the body, never in an address."""
        groups = search(caller(request), **self.asked(inputs.SearchInput))
        hits = [{"matched": label, "case": case} for label, cases in groups for case in cases]
        return Response(HitSerializer(hits, many=True).data)
