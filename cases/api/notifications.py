"""What the caller was told by name, and how they want it by mail."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, caller, idempotent
from cases.actions import inbox
from cases.api.inputs import Input
from cases.notices.models import Notification
from cases.notices.queries import Wishes, inbox_of, wishes_of
from cases.notices.vocabulary import MessageKind, Pace

COUNTED = inline_serializer("Finished", {"finished": serializers.IntegerField(read_only=True)})


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """One thing that the caller was told."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    case = serializers.UUIDField(
        source="case.public_id", default=None, allow_null=True, read_only=True
    )
    reference = serializers.CharField(
        source="case.reference", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = Notification
        fields = (
            "id",
            "kind",
            "text",
            "why",
            "case",
            "reference",
            "link",
            "raised_at",
            "read_at",
            "done_at",
        )
        read_only_fields = fields


class WishesSerializer(serializers.Serializer[Wishes]):
    """How soon which kind goes out by mail, and when none does."""

    paces = serializers.DictField(
        child=serializers.ChoiceField(choices=Pace.choices), read_only=True
    )
    quiet_from = serializers.TimeField(source="rest.starts", default=None, read_only=True)
    quiet_until = serializers.TimeField(source="rest.ends", default=None, read_only=True)
    version = serializers.IntegerField(read_only=True)


class FinishAllInput(Input):
    """Which are done with: all up to this one, of every kind or of one."""

    up_to = serializers.UUIDField(help_text="The newest that you have seen.")
    kind = serializers.ChoiceField(choices=MessageKind.choices, required=False)


class WishesInput(Input):
    """What to change: the kinds that are named, and the quiet hours."""

    paces = serializers.DictField(
        child=serializers.ChoiceField(choices=Pace.choices), required=False
    )
    quiet_from = serializers.TimeField(allow_null=True, default=None)
    quiet_until = serializers.TimeField(allow_null=True, default=None)
    version = serializers.IntegerField(min_value=0)

    def validate_paces(self, paces: dict[str, str]) -> dict[MessageKind, Pace]:
        """By kinds that there are."""
        unknown = sorted(set(paces) - set(MessageKind.values))
        if unknown:
            raise serializers.ValidationError({name: ["No such kind."] for name in unknown})
        return {MessageKind(kind): Pace(pace) for kind, pace in paces.items()}


class NotificationFilter(django_filters.FilterSet):
    """Narrows an inbox."""

    kind = django_filters.MultipleChoiceFilter(choices=MessageKind.choices, label="Any of these.")
    is_done = django_filters.BooleanFilter(
        field_name="done_at", lookup_expr="isnull", exclude=True, label="Done with, or open."
    )
    is_read = django_filters.BooleanFilter(
        field_name="read_at", lookup_expr="isnull", exclude=True, label="Looked at, or new."
    )

    class Meta:
        model = Notification
        fields: list[str] = []


class NotificationViewSet(ListModelMixin, RetrieveModelMixin, Door[Notification]):
    """The caller's own inbox, newest first."""

    serializer_class = NotificationSerializer
    queryset = Notification.objects.none()  # names the model; `get_queryset` scopes it
    filterset_class = NotificationFilter

    def get_queryset(self) -> QuerySet[Notification]:
        """What the caller was told by now."""
        return inbox_of(caller(self.request))

    def answer(self) -> Response:
        """One as it stands."""
        return Response(NotificationSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=NotificationSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def read(self, request: Request, **_address: Any) -> Response:
        """Note that this was looked at."""
        inbox.read(notification=self.get_object(), by=caller(request), at=timezone.now())
        return self.answer()

    @extend_schema(request=None, responses=NotificationSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def finish(self, request: Request, **_address: Any) -> Response:
        """Be done with this."""
        inbox.finish(notification=self.get_object(), by=caller(request), at=timezone.now())
        return self.answer()

    @extend_schema(request=None, responses=NotificationSerializer)
    @action(detail=True, methods=["post"], url_path="take-up", filterset_class=None)
    @idempotent
    def take_up(self, request: Request, **_address: Any) -> Response:
        """Take this up again."""
        inbox.take_up(notification=self.get_object(), by=caller(request))
        return self.answer()

    @extend_schema(request=FinishAllInput, responses=COUNTED)
    @action(detail=False, methods=["post"], url_path="finish-all", filterset_class=None)
    @idempotent
    def finish_all(self, request: Request) -> Response:
        """Be done with all up to the newest that the caller has seen."""
        given = self.asked(FinishAllInput)
        newest = self.get_queryset().filter(public_id=given["up_to"]).first()
        kind = given.get("kind")
        number = inbox.finish_all(
            by=caller(request),
            at=timezone.now(),
            up_to=newest.pk if newest else 0,
            kind=MessageKind(kind) if kind else None,
        )
        return Response({"finished": number})

    @extend_schema(responses=WishesSerializer)
    @action(detail=False, url_path="settings", filterset_class=None, pagination_class=None)
    def wishes(self, request: Request) -> Response:
        """How the caller wants to be told by mail."""
        return Response(WishesSerializer(wishes_of(caller(request))).data)

    @extend_schema(request=WishesInput, responses=WishesSerializer)
    @wishes.mapping.post
    @idempotent
    def wish(self, request: Request) -> Response:
        """Say how soon which kind goes out by mail, and when none does."""
        fields = self.asked(WishesInput)
        inbox.wish(
            by=caller(request),
            paces=fields.get("paces", {}),
            starts=fields["quiet_from"],
            ends=fields["quiet_until"],
            version=fields["version"],
        )
        return Response(WishesSerializer(wishes_of(caller(request))).data)
