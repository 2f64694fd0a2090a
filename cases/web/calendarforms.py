"""The forms of calendars: they shape and explain input, and change nothing."""

from datetime import date
from typing import Any

from django import forms

from billing_portal.accounts.models import validate_time_zone
from cases.actions import scheduling
from cases.sla.hours import WEEK, HoursRefused, stored, written
from cases.sla.models import Calendar
from cases.web.forms import reason_field
from integrations.canonical.models import Facility, Payer

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
YEARS = range(2000, 2101)
"""The years that calendars are read in; beside their ends there are always dates to count to."""


class EditForm(forms.Form):
    """A change of a calendar: looked at first, then saved, each naming the version seen."""

    reason = reason_field("Why", "Say why: every change of a calendar has a reason.")
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order: list[str] = []

    def __init__(self, *, calendar: Calendar, **given: Any) -> None:
        super().__init__(auto_id="calendar_%s", **given)
        self.calendar = calendar
        self.order_fields([name for name in self.fields if name != "reason"])

    def edit(self) -> scheduling.Edit:
        """What is to be done."""
        raise AssertionError(type(self).__name__)


class HoursForm(EditForm):
    """Hours by weekday, and the zone."""

    time_zone = forms.CharField(label="Time zone", validators=[validate_time_zone])

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for day, name in WEEK.items():
            field = forms.CharField(label=name, required=False)
            field.initial = written(self.calendar.hours, day)
            self.fields[f"day_{day}"] = field
        self.fields["time_zone"].initial = self.calendar.time_zone
        days = [f"day_{day}" for day in WEEK]
        self.order_fields([*days, "time_zone", "reason"])

    def clean(self) -> dict[str, Any]:
        """Read the week; what is wrong with a day is said at that day."""
        cleaned = super().clean() or {}
        try:
            cleaned["hours"] = stored({day: cleaned.get(f"day_{day}", "") for day in WEEK})
        except HoursRefused as refusal:
            named = [f"day_{day}" for day, name in WEEK.items() if str(refusal).startswith(name)]
            self.add_error(named[0] if named else None, str(refusal))
        return cleaned

    def edit(self) -> scheduling.Edit:
        """The hours and the zone."""
        return scheduling.SetHours(self.cleaned_data["hours"], self.cleaned_data["time_zone"])


class CloseForm(EditForm):
    """The first and the last day of a closure."""

    first = forms.DateField(label="Closed from", widget=DAY)
    last = forms.DateField(label="Until, that day included", widget=DAY)
    name = forms.CharField(label="What for", max_length=100)

    def edit(self) -> scheduling.Edit:
        """The days and their name."""
        given = self.cleaned_data
        return scheduling.Close(given["first"], given["last"], given["name"])


class OpenForm(EditForm):
    """A closed day that is open after all."""

    on = forms.DateField(label="Open on", widget=DAY)

    def edit(self) -> scheduling.Edit:
        """The day."""
        return scheduling.Open(self.cleaned_data["on"])


class HolidaysForm(EditForm):
    """The public holidays of a year."""

    country = forms.CharField(label="Country, two letters", max_length=2, initial="US")
    subdivision = forms.CharField(label="State or province, if any", max_length=6, required=False)
    year = forms.IntegerField(label="Year", min_value=YEARS[0], max_value=YEARS[-1])

    def edit(self) -> scheduling.Edit:
        """The country, its part, the year."""
        given = self.cleaned_data
        return scheduling.SeedHolidays(given["country"], given["year"], given["subdivision"])


class AddForm(forms.Form):
    """A calendar of a site's or a payer's own."""

    facility = forms.ModelChoiceField(Facility.objects.none(), label="Site", required=False)
    payer = forms.ModelChoiceField(Payer.objects.none(), label="or payer", required=False)
    name = forms.CharField(label="Name", max_length=100)
    slug = forms.SlugField(label="Short name, for addresses", max_length=50)
    time_zone = forms.CharField(label="Time zone", validators=[validate_time_zone])
    reason = reason_field("Why", "Say why: every change of a calendar has a reason.")
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, **given: Any) -> None:
        super().__init__(auto_id="calendar_%s", **given)
        sites: Any = self.fields["facility"]
        sites.queryset = Facility.objects.filter(calendar=None).order_by("name", "pk")
        payers: Any = self.fields["payer"]
        payers.queryset = Payer.objects.filter(calendar=None).order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        """Either a site or a payer."""
        cleaned = super().clean() or {}
        if (cleaned.get("facility") is None) == (cleaned.get("payer") is None):
            self.add_error("facility", "Choose a site or a payer: a calendar is of one of them.")
        return cleaned


def month_of(text: str, *, today: date) -> date:
    """The month of an address ("2026-11"); this one when it is none, or far from our time."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today
    return month if month.year in YEARS else today
