"""Calendars: reading them, and changing them. A change holds at once."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import caller, idempotent
from billing_portal.access.grants import may
from billing_portal.access.roles import SEE_CALENDARS
from cases.actions import scheduling
from cases.api.door import VersionedDoor
from cases.api.inputs import ReasonedInput
from cases.sla.hours import WEEK, HoursRefused, stored
from cases.sla.models import Calendar, Holiday


class ClosedDaySerializer(serializers.ModelSerializer[Holiday]):
    """A day on which a calendar is closed."""

    class Meta:
        model = Holiday
        fields = ("on", "name", "kind")
        read_only_fields = fields


class CalendarSerializer(serializers.ModelSerializer[Calendar]):
    """Hours by weekday ("1" is Monday), and the closed days."""

    facility: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="key", read_only=True
    )
    payer: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        slug_field="key", read_only=True
    )
    closed_days = ClosedDaySerializer(source="holidays", many=True, read_only=True)

    class Meta:
        model = Calendar
        fields = (
            "key",
            "name",
            "facility",
            "payer",
            "time_zone",
            "hours",
            "closed_days",
            "version",
        )
        read_only_fields = fields


class HoursInput(ReasonedInput):
    """A line a weekday ("1" is Monday): “08:00–12:00, 13:00–17:00”."""

    time_zone = serializers.CharField(max_length=64)
    hours = serializers.DictField(child=serializers.CharField(allow_blank=True))

    def validate_hours(self, value: dict[str, str]) -> dict[str, list[list[str]]]:
        """The week as it is stored."""
        unknown = sorted(set(value) - {str(day) for day in WEEK})
        if unknown:
            raise ValidationError([f"No weekday: {', '.join(unknown)}."])
        try:
            return stored({day: value.get(str(day), "") for day in WEEK})
        except HoursRefused as refusal:
            raise ValidationError([str(refusal)]) from refusal


class CloseInput(ReasonedInput):
    """From the first to the last day of a closure."""

    first = serializers.DateField()
    last = serializers.DateField()
    name = serializers.CharField(max_length=100)


class OpenInput(ReasonedInput):
    """A closed day that is open after all."""

    on = serializers.DateField()


class HolidaysInput(ReasonedInput):
    """The public holidays of a country, or a part of it, in one year."""

    country = serializers.CharField(max_length=2)
    subdivision = serializers.CharField(max_length=6, default="", allow_blank=True)
    year = serializers.IntegerField(min_value=2000, max_value=2100)


class CalendarViewSet(VersionedDoor[Calendar]):
    """Calendars, for roles that see them."""

    queryset = Calendar.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = CalendarSerializer
    lookup_field = "key"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    def get_queryset(self) -> QuerySet[Calendar]:
        """All, for who may see any."""
        if not may(caller(self.request), SEE_CALENDARS):
            raise PermissionDenied
        found = Calendar.objects.select_related("facility", "payer").prefetch_related("holidays")
        return found.order_by("pk")

    @extend_schema(responses=CalendarSerializer(many=True))
    def list(self, _request: Request) -> Response:
        """The house's first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(CalendarSerializer(page, many=True).data)

    @extend_schema(responses=CalendarSerializer)
    def retrieve(self, _request: Request, **_address: Any) -> Response:
        """One calendar; its `ETag` is its version."""
        return Response(CalendarSerializer(self.get_object()).data)

    @extend_schema(request=HoursInput, responses=CalendarSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def hours(self, _request: Request, **_address: Any) -> Response:
        """Other hours, or another zone."""
        fields = self.asked_of_a_version(HoursInput)
        edit = scheduling.SetHours(fields.pop("hours"), fields.pop("time_zone"))
        return self.change(edit, fields)

    @extend_schema(request=CloseInput, responses=CalendarSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def close(self, _request: Request, **_address: Any) -> Response:
        """Close it for some days."""
        fields = self.asked_of_a_version(CloseInput)
        days = (fields.pop(name) for name in ("first", "last", "name"))
        return self.change(scheduling.Close(*days), fields)

    @extend_schema(request=OpenInput, responses=CalendarSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def open(self, _request: Request, **_address: Any) -> Response:
        """Open on a closed day."""
        fields = self.asked_of_a_version(OpenInput)
        return self.change(scheduling.Open(fields.pop("on")), fields)

    @extend_schema(request=HolidaysInput, responses=CalendarSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def holidays(self, _request: Request, **_address: Any) -> Response:
        """Add the public holidays of a year."""
        fields = self.asked_of_a_version(HolidaysInput)
        what = (fields.pop(name) for name in ("country", "year", "subdivision"))
        return self.change(scheduling.SeedHolidays(*what), fields)

    def change(self, edit: scheduling.Edit, fields: dict[str, Any]) -> Response:
        """Do it; the calendar as it is then."""
        row = self.get_object()
        scheduling.change(
            calendar=row, edit=edit, by=caller(self.request), at=timezone.now(), **fields
        )
        return Response(CalendarSerializer(self.get_object()).data)
