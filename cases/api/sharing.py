"""Working together on a case: watching, links, labels, people to name, macros."""

from http import HTTPStatus
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import ByKey, caller, idempotent
from cases.actions import macros, sharing
from cases.api import inputs
from cases.api.door import CaseDoor
from cases.api.saying import said_of
from cases.api.serializers import CaseDetailSerializer, NoteSerializer
from cases.collaboration.models import CaseLink, Label, Macro
from cases.collaboration.queries import labels_for, links_of, macros_for, people_who_see
from cases.collaboration.vocabulary import BY_HAND, LinkKind, Tone
from cases.work.models import Case


class LinkedSerializer(serializers.Serializer[Any]):
    """Another case, and how it stands to this one."""

    kind = serializers.ChoiceField(
        source="link.kind", choices=[kind.value for kind in LinkKind], read_only=True
    )
    words = serializers.CharField(read_only=True)
    other = serializers.UUIDField(source="other.public_id", read_only=True)
    reference = serializers.CharField(source="other.reference", read_only=True)


class LabelSerializer(serializers.Serializer[Any]):
    """A label of a case's team."""

    key = serializers.SlugField(read_only=True)
    name = serializers.CharField(read_only=True)
    tone = serializers.ChoiceField(choices=[tone.value for tone in Tone], read_only=True)


class PersonSerializer(serializers.Serializer[Any]):
    """Somebody who sees a case."""

    username = serializers.CharField(read_only=True)
    name = serializers.CharField(source="full_name", read_only=True)


class MacroSerializer(serializers.Serializer[Any]):
    """A text to write, and what is done with it."""

    key = serializers.SlugField(read_only=True)
    name = serializers.CharField(read_only=True)
    kind = serializers.CharField(source="note_kind", read_only=True)
    text = serializers.SerializerMethodField(help_text="Filled in for this case.")
    verb = serializers.CharField(read_only=True)

    def get_text(self, macro: Macro) -> str:
        """With what it names of the case."""
        return macros.filled(macro, self.context["case"], at=timezone.now())


class LinkInput(inputs.Input):
    """To which case, and how this one stands to it."""

    other = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in BY_HAND])
    reason = serializers.CharField(max_length=2000)


class LabelsInput(inputs.Input):
    """All the labels of its team that it is to carry, by key."""

    labels = ByKey(slug_field="key", queryset=Label.objects.filter(is_active=True), many=True)


class MacroInput(inputs.ReferenceInput, inputs.VersionedInput):
    """Which macro, and what is written in the end; its own text when none is given."""

    macro = ByKey(slug_field="key", queryset=Macro.objects.filter(is_active=True))
    text = serializers.CharField(max_length=20_000, required=False)


class CaseSharing(CaseDoor):
    """What people do around a case without moving it."""

    @extend_schema(request=None, responses=CaseDetailSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def watch(self, request: Request, **_address: Any) -> Response:
        """Be told of what becomes of this case."""
        case = self.get_object()
        sharing.watch(case=case, by=caller(request))
        return self.answer(case)

    @extend_schema(request=None, responses=CaseDetailSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def unwatch(self, request: Request, **_address: Any) -> Response:
        """Be told of it no longer."""
        case = self.get_object()
        sharing.unwatch(case=case, by=caller(request))
        return self.answer(case)

    @extend_schema(responses=PersonSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def people(self, request: Request, **_address: Any) -> Response:
        """Who sees this case, and so can be named in a comment: `@username`."""
        return Response(PersonSerializer(people_who_see(self.get_object()), many=True).data)

    @extend_schema(responses=LinkedSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def links(self, request: Request, **_address: Any) -> Response:
        """The cases linked to this one, in both directions."""
        return self.answer_links(self.get_object())

    @extend_schema(request=LinkInput, responses=LinkedSerializer(many=True))
    @links.mapping.post
    @idempotent
    def link(self, request: Request, **_address: Any) -> Response:
        """Link this case to another."""
        case, fields = self.get_object(), self.asked(LinkInput)
        sharing.link(
            case=case,
            other=self.other(fields),
            kind=LinkKind(fields["kind"]),
            by=caller(request),
            reason=fields["reason"],
        )
        return self.answer_links(case)

    @extend_schema(request=LinkInput, responses=LinkedSerializer(many=True))
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    @idempotent
    def unlink(self, request: Request, **_address: Any) -> Response:
        """Take a link away."""
        case, fields = self.get_object(), self.asked(LinkInput)
        found = self.linked(case, self.other(fields), LinkKind(fields["kind"]))
        sharing.unlink(link=found, case=case, by=caller(request), reason=fields["reason"])
        return self.answer_links(case)

    def other(self, fields: dict[str, Any]) -> Case:
        """The other case, if the caller sees it."""
        return get_object_or_404(self.get_queryset(), public_id=fields["other"])

    def linked(self, case: Case, other: Case, kind: LinkKind) -> CaseLink:
        """The link between two cases, whichever stands first."""
        ends = {case.pk, other.pk}
        links = CaseLink.objects.filter(case__in=ends, other__in=ends, kind=kind)
        return get_object_or_404(links.order_by("pk"))

    def answer_links(self, case: Case) -> Response:
        """The links as they stand."""
        found = links_of(caller(self.request), case)
        return Response(LinkedSerializer(found, many=True).data)

    @extend_schema(responses=LabelSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def labels(self, request: Request, **_address: Any) -> Response:
        """The labels that this case may carry; the case itself says which it does."""
        return Response(LabelSerializer(labels_for(self.get_object()), many=True).data)

    @extend_schema(request=LabelsInput, responses=CaseDetailSerializer)
    @labels.mapping.post
    @idempotent
    def set_labels(self, request: Request, **_address: Any) -> Response:
        """Let this case carry these labels of its team and no others."""
        case = self.get_object()
        sharing.set_labels(case=case, by=caller(request), **self.asked(LabelsInput))
        return self.answer(case)

    @extend_schema(responses=MacroSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def macros(self, request: Request, **_address: Any) -> Response:
        """The macros of this case's team, filled in for it."""
        case = self.get_object()
        shown = MacroSerializer(macros_for(case), many=True, context={"case": case})
        return Response(shown.data)

    @extend_schema(request=MacroInput, responses={201: NoteSerializer})
    @macros.mapping.post
    @idempotent
    def use_macro(self, request: Request, **_address: Any) -> Response:
        """Write a macro's note, and do its verb with it."""
        case, fields = self.get_object(), self.asked(MacroInput)
        macro, at = fields["macro"], timezone.now()
        text = fields.get("text") or macros.filled(macro, case, at=at)
        note = macros.use(
            case=case,
            macro=macro,
            said=said_of({**fields, "text": text, "kind": macro.note_kind}),
            by=caller(request),
            at=at,
            seen_version=fields.get("version") or self.version_of_header(),
        )
        return Response(NoteSerializer(note).data, status=HTTPStatus.CREATED)
