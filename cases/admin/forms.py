"""What the forms of configuration refuse, and how they say it: what is saved holds at once."""

from datetime import date, time
from itertools import pairwise
from typing import Any

from django import forms

from billing_portal.access.reasoned_admin import ReasonedForm
from billing_portal.accounts.models import validate_time_zone
from cases.sla.business_time import Intervals, hours_of
from cases.types.denial.appeals.merging import TemplateRefused, check
from cases.types.denial.appeals.models import ExhibitKind

TRIAGE = "triage"
WEEK = range(1, 8)
HOURS = (
    "Write open hours by weekday, Monday is 1, each interval once and in order:"
    ' {"1": [["08:00", "12:00"], ["13:00", "17:00"]]}.'
)


class QueueForm(ReasonedForm):
    """Keeps the queue open that takes what no rule names; says when an idle case goes back."""

    def clean(self) -> dict[str, Any]:
        """What goes back when it is idle needs a time after which it is."""
        cleaned = super().clean()
        hours, releases = cleaned.get("idle_hours"), cleaned.get("releases_idle")
        if hours == 0 or (releases and hours is None):
            words = "Say after how many business hours, at least one, a case is idle."
            self.add_error("idle_hours", words)
        return cleaned

    def clean_is_active(self) -> bool:
        """Whether cases may be moved here."""
        is_active: bool = self.cleaned_data["is_active"]
        if self.instance.key == TRIAGE and not is_active:
            raise forms.ValidationError("What no rule names comes here: this queue stays open.")
        return is_active


class CalendarForm(ReasonedForm):
    """A calendar that can be counted in."""

    def clean_time_zone(self) -> str:
        """A zone of the IANA database."""
        zone: str = self.cleaned_data["time_zone"]
        validate_time_zone(zone)
        return zone

    def clean_hours(self) -> Any:
        """Open hours of at least one weekday."""
        hours = self.cleaned_data["hours"]
        if not are_hours(hours):
            raise forms.ValidationError(HOURS)
        return hours


def are_hours(hours: Any) -> bool:
    """Whether these are open hours by ISO weekday: intervals that follow each other."""
    try:
        week = hours_of(hours)
        in_order = all(map(are_in_order, week.values()))
    except (AttributeError, TypeError, ValueError):
        return False
    return in_order and any(week.values()) and set(week) <= set(WEEK)


def are_in_order(day: Intervals) -> bool:
    """Whether each interval ends after it begins and before the next; the last may at midnight."""
    moments = [
        moment
        for opens, closes in day
        for moment in (opens, time.max if closes == time.min else closes)
    ]
    is_local = all(moment.tzinfo is None for moment in moments)
    return is_local and all(one < other for one, other in pairwise(moments))


class PeriodForm(ReasonedForm):
    """What holds from a day on, until another."""

    def clean(self) -> dict[str, Any]:
        """Compare the two days; the database could not even compare such a period with others."""
        cleaned = super().clean()
        begins: date | None = cleaned.get("valid_from")
        ends: date | None = cleaned.get("valid_to")
        if begins and ends and ends <= begins:
            self.add_error("valid_to", "It ends the day before this one, so a later day is needed.")
        return cleaned


class LetterTemplateForm(ReasonedForm):
    """A letter whose fields exist; the message says where one does not."""

    def clean_subject(self) -> str:
        """Its fields are known."""
        return checked_text(self.cleaned_data["subject"])

    def clean_body(self) -> str:
        """Its fields are known."""
        return checked_text(self.cleaned_data["body"])

    def clean_required(self) -> Any:
        """Kinds of evidence that there are."""
        required = self.cleaned_data["required"]
        known = set(ExhibitKind.values)
        if not isinstance(required, list) or not all(each in known for each in required):
            message = f"Write a list of kinds of evidence: {', '.join(sorted(known))}."
            raise forms.ValidationError(message)
        return required


def checked_text(text: str) -> str:
    """A text whose merge fields exist."""
    try:
        check(text)
    except TemplateRefused as refusal:
        raise forms.ValidationError(str(refusal)) from refusal
    return text
