"""Calendars: reading them, and changing them after a look at what changes."""

import uuid
from abc import ABC
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_safe

from billing_portal.access.grants import may
from billing_portal.access.roles import EDIT_CALENDARS, SEE_CALENDARS
from billing_portal.access.web import needs, once_per_form, reader_of
from billing_portal.kernel.days import house_day
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import scheduling
from cases.jobs.models import Job
from cases.sla.models import Calendar
from cases.web import calendarforms as forms
from cases.web.calendars import CalendarPage, whose

LOOK = "look"
NOTHING_RUNS = "Saved. No running clock is counted in this calendar."


def calendar_of(key: str) -> Calendar:
    """The calendar of an address."""
    return get_object_or_404(Calendar.objects.select_related("facility", "payer"), key=key)


@require_safe
@needs(SEE_CALENDARS)
def calendars(request: HttpRequest) -> HttpResponse:
    """All of them: the house's, then the sites', then the payers'."""
    today = house_day(timezone.now())
    coming = Count("holidays", filter=Q(holidays__on__gte=today))
    found = Calendar.objects.select_related("facility", "payer").annotate(coming=coming)
    rows = [(row, whose(row)) for row in found.order_by("payer", "facility", "pk")]
    may_edit = may(reader_of(request), EDIT_CALENDARS)
    return render(request, "cases/calendars/list.html", {"rows": rows, "may_edit": may_edit})


@require_safe
@needs(SEE_CALENDARS)
def calendar(request: HttpRequest, key: str) -> HttpResponse:
    """One: a month of it, its hours and closed days, and by when a case would be due."""
    row = calendar_of(key)
    zone = ZoneInfo(row.time_zone)
    now = timezone.now().astimezone(zone)
    page = CalendarPage(
        row,
        today=now.date(),
        month=forms.month_of(request.GET.get("month", ""), today=now.date()),
        opened=opened_of(request.GET.get("opened", ""), zone) or now,
    )
    may_edit = may(reader_of(request), EDIT_CALENDARS)
    return render(request, "cases/calendars/calendar.html", {"page": page, "may_edit": may_edit})


def opened_of(text: str, zone: ZoneInfo) -> datetime | None:
    """The moment of our time that somebody asks about, on the calendar's clocks."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None or moment.year not in forms.YEARS:
        return None
    return moment.replace(tzinfo=zone)


class Question(View):
    """A form about a calendar. GET asks; a refusal shows what was typed."""

    title: ClassVar[str]

    def page(self, request: HttpRequest, form: Any, **shown: Any) -> HttpResponse:
        """The question; with what is wrong about the answer, or what it would do."""
        status = HTTPStatus.OK
        if shown.get("refusal"):
            status = HTTPStatus.CONFLICT
        elif form.errors:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        context = {"form": form, "title": self.title, "action": request.path, **shown}
        return render(request, "cases/calendars/form.html", context, status=status)


@method_decorator(needs(EDIT_CALENDARS), name="dispatch")
class Change(Question, ABC):
    """One change of a calendar: looked at first, then saved."""

    form_class: ClassVar[type[forms.EditForm]]

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """The question, as the address fills it in."""
        row = calendar_of(key)
        given = {"seen_version": row.version, "key": uuid.uuid4(), **request.GET.dict()}
        return self.page(request, self.form_class(calendar=row, initial=given), calendar=row)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """What it would do, or the act, once however often it is sent."""
        row = calendar_of(key)
        form = self.form_class(calendar=row, data=request.POST)
        if not form.is_valid():
            return self.page(request, form, calendar=row)
        try:
            if request.POST.get("do") == LOOK:
                return self.looked(request, row, form)
            return once_per_form(request, lambda: self.save(request, row, form))
        except DomainError as refusal:
            return self.page(request, form, calendar=row, refusal=str(refusal))

    def looked(self, request: HttpRequest, row: Calendar, form: forms.EditForm) -> HttpResponse:
        """How many running clocks would be due at another time."""
        by, at = reader_of(request), timezone.now()
        effect = scheduling.effect(calendar=row, edit=form.edit(), by=by, at=at)
        return self.page(request, form, calendar=row, effect=effect)

    def save(self, request: HttpRequest, row: Calendar, form: forms.EditForm) -> str:
        """Do it, and say what follows."""
        job = scheduling.change(
            calendar=row,
            edit=form.edit(),
            by=reader_of(request),
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
            seen_version=form.cleaned_data["seen_version"],
        )
        return told(request, job, row)


class Hours(Change):
    """Other hours."""

    title = "Change the hours"
    form_class = forms.HoursForm


class Close(Change):
    """A closure."""

    title = "Add a closure"
    form_class = forms.CloseForm


class Open(Change):
    """A closed day that is open after all."""

    title = "Open on a closed day"
    form_class = forms.OpenForm


class Holidays(Change):
    """A year's public holidays."""

    title = "Add public holidays"
    form_class = forms.HolidaysForm


@method_decorator(needs(EDIT_CALENDARS), name="dispatch")
class Add(Question):
    """A calendar for a site or a payer."""

    title = "Add a calendar"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The question."""
        zone = timezone.get_default_timezone_name()
        form = forms.AddForm(initial={"key": uuid.uuid4(), "time_zone": zone})
        return self.page(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The act."""
        form = forms.AddForm(data=request.POST)
        if not form.is_valid():
            return self.page(request, form)
        try:
            return once_per_form(request, lambda: self.save(request, form.cleaned_data))
        except DomainError as refusal:
            return self.page(request, form, refusal=str(refusal))

    def save(self, request: HttpRequest, given: dict[str, Any]) -> str:
        """Do it, and say what follows."""
        row, job = scheduling.open_calendar(
            key=given["slug"],
            name=given["name"],
            whose=given["facility"] or given["payer"],
            time_zone=given["time_zone"],
            by=reader_of(request),
            reason=given["reason"],
        )
        return told(request, job, row)


def told(request: HttpRequest, job: Job | None, row: Calendar) -> str:
    """Say what follows from a change; where to go then."""
    if job is None:
        messages.success(request, NOTHING_RUNS)
        return reverse("cases:calendar", args=[row.key])
    messages.success(request, f"Saved. The clocks of {job.total:,} cases are counted anew.")
    return reverse("cases:job", args=[job.public_id])
