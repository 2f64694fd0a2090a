"""What hangs on a case: its steps, comments and files, its timeline, its patient."""

from http import HTTPStatus
from operator import attrgetter
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import PUBLIC_ID, caller, idempotent, paged
from billing_portal.access.parsers import AttachmentForm
from cases.actions import evidence, looking, revealing, working
from cases.api import inputs
from cases.api.door import CaseDoor
from cases.api.saying import said_of
from cases.api.serializers import (
    AttachmentSerializer,
    ClockSerializer,
    EntrySerializer,
    NoteSerializer,
    PatientSerializer,
    StepSerializer,
)
from cases.evidence.models import Attachment
from cases.sla.queries import clocks_of, entries
from cases.work.steps import done_steps, step_columns, steps_of
from cases.work.timeline import timeline


class CaseRecord(CaseDoor):
    """Beside the case itself: none of these changes its row, so none names a version."""

    @extend_schema(responses=EntrySerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def timeline(self, request: Request, **_address: Any) -> Response:
        """Everything that happened to this case, newest first, with differences and reasons."""
        case = self.get_object()
        found = sorted([*timeline(case), *entries(case)], key=attrgetter("at"), reverse=True)
        return Response(EntrySerializer(found, many=True).data)

    @extend_schema(responses=ClockSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def clocks(self, _request: Request, **_address: Any) -> Response:
        """How the clocks of this case stand, the newest of each kind first."""
        return Response(ClockSerializer(clocks_of(self.get_object()), many=True).data)

    @extend_schema(request=inputs.CommentInput, responses={201: NoteSerializer})
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def comment(self, request: Request, **_address: Any) -> Response:
        """Say something about this case."""
        said = said_of(self.asked(inputs.CommentInput))
        note = working.comment(
            case=self.get_object(),
            by=caller(request),
            text=said.text,
            kind=said.kind,
            reference=said.reference,
        )
        return Response(NoteSerializer(note).data, status=HTTPStatus.CREATED)

    @extend_schema(responses=StepSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def steps(self, request: Request, **_address: Any) -> Response:
        """What is to be done on this case, specific to its reason, and what is done."""
        return self.answer_steps()

    @extend_schema(request=inputs.StepInput, responses=StepSerializer(many=True))
    @steps.mapping.post
    @idempotent
    def mark_step(self, request: Request, **_address: Any) -> Response:
        """Tick or untick a step."""
        fields = self.asked(inputs.StepInput)
        working.mark_step(case=self.get_object(), by=caller(request), **fields)
        return self.answer_steps()

    def answer_steps(self) -> Response:
        """The steps of this address's case with their newest marks."""
        case = get_object_or_404(self.get_queryset().annotate(**step_columns()), **self.kwargs)
        done = done_steps(case)
        steps = [
            {"key": step.key, "words": step.words, "is_done": step.key in done}
            for step in steps_of(case)
        ]
        return Response(StepSerializer(steps, many=True).data)

    @extend_schema(responses=AttachmentSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def attachments(self, request: Request, **_address: Any) -> Response:
        """The files attached to this case, newest first."""
        files = Attachment.objects.filter(case=self.get_object()).select_related("attached_by")
        return paged(self, files, AttachmentSerializer)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(
        detail=True,
        filterset_class=None,
        pagination_class=None,
        url_path=f"attachments/(?P<attachment>{PUBLIC_ID})",
    )
    def attachment(self, request: Request, attachment: str, **_address: Any) -> FileResponse:
        """The bytes of one file as they were attached; reading them is recorded."""
        files = Attachment.objects.filter(case=self.get_object()).select_related("case")
        kept = get_object_or_404(files, public_id=attachment)
        looking.downloaded(attachment=kept, by=caller(request))
        return FileResponse(
            default_storage.open(kept.path),
            as_attachment=True,
            filename=kept.filename,
            content_type="application/octet-stream",
            headers={"Content-Security-Policy": "sandbox; default-src 'none'"},
        )

    @extend_schema(
        request={"multipart/form-data": inputs.AttachInput}, responses={201: AttachmentSerializer}
    )
    @action(detail=True, methods=["post"], filterset_class=None, parser_classes=[AttachmentForm])
    @idempotent
    def attach(self, request: Request, **_address: Any) -> Response:
        """Attach a file; what it is is found from its content, not from its name."""
        fields = self.asked(inputs.AttachInput)
        kept = evidence.attach(case=self.get_object(), by=caller(request), **fields)
        return Response(AttachmentSerializer(kept).data, status=HTTPStatus.CREATED)

    @extend_schema(request=inputs.RevealInput, responses=PatientSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def reveal(self, request: Request, **_address: Any) -> Response:
        """The patient of this case, unmasked. Who asked and what for is recorded first."""
        fields = self.asked(inputs.RevealInput)
        patient = revealing.reveal_patient(case=self.get_object(), by=caller(request), **fields)
        return Response(PatientSerializer(patient).data)
