"""The only writers of calendars: hours, closed days, calendars of sites and payers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import holidays

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import delete_because, save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.sla.hours import Stored
from cases.sla.models import Calendar, ClosedFor, Holiday
from cases.sla.services.targets import HOUSE
from integrations.canonical.models import Facility, Payer

LONGEST_CLOSURE = 60


class DaysRefused(DomainError):
    """These days cannot be closed or opened."""

    code = "days_refused"


class Edit(Protocol):
    """A change of a calendar. The caller holds its lock and raises its version."""

    def write(self, calendar: Calendar, *, by: User, reason: str) -> None:
        """Do it."""


@dataclass(frozen=True, slots=True)
class SetHours:
    """Other hours, or another zone."""

    hours: Stored
    time_zone: str

    def write(self, calendar: Calendar, *, by: User, reason: str) -> None:
        """Saved with the version, by the caller."""
        calendar.hours, calendar.time_zone = self.hours, self.time_zone


@dataclass(frozen=True, slots=True)
class Close:
    """Closed for some days, sixty at most. Raises DaysRefused."""

    first: date
    last: date
    name: str

    def write(self, calendar: Calendar, *, by: User, reason: str) -> None:
        """One row a day; a day that is closed already stays as it is."""
        length = (self.last - self.first).days + 1
        if not 1 <= length <= LONGEST_CLOSURE:
            message = f"A closure is one day to {LONGEST_CLOSURE} days, from the first to the last."
            raise DaysRefused(message)
        days = {self.first + timedelta(days=number): self.name for number in range(length)}
        add_days(calendar, days, kind=ClosedFor.CLOSURE, by=by, reason=reason)


@dataclass(frozen=True, slots=True)
class Open:
    """Open again on a day that was closed. Raises DaysRefused."""

    on: date

    def write(self, calendar: Calendar, *, by: User, reason: str) -> None:
        """The row goes; its history says who took it away and why."""
        row = Holiday.objects.select_for_update().filter(calendar=calendar, on=self.on).first()
        if row is None:
            message = f"{self.on:%B %d, %Y} is no closed day of this calendar."
            raise DaysRefused(message)
        delete_because(row, by=by, reason=reason)


@dataclass(frozen=True, slots=True)
class SeedHolidays:
    """The public holidays of a country, or a part of it, in one year. Raises DaysRefused."""

    country: str
    year: int
    subdivision: str = ""

    def write(self, calendar: Calendar, *, by: User, reason: str) -> None:
        """Those that are not there yet."""
        days = public_holidays(self.country, self.subdivision, self.year)
        add_days(calendar, days, kind=ClosedFor.HOLIDAY, by=by, reason=reason)


def public_holidays(country: str, subdivision: str, year: int) -> dict[date, str]:
    """The public holidays of a year by the `holidays` library. Raises DaysRefused."""
    country, part = country.upper(), subdivision.upper()
    known = holidays.list_supported_countries()
    if country not in known or (part and part not in known[country]):
        message = f"No public holidays are known for “{f'{country} {part}'.strip()}”."
        raise DaysRefused(message)
    return dict(holidays.country_holidays(country, subdiv=part or None, years=year).items())


def add_days(
    calendar: Calendar, days: Mapping[date, str], *, kind: ClosedFor, by: User, reason: str
) -> None:
    """Close a calendar on days on which it is open."""
    held = set(Holiday.objects.filter(calendar=calendar, on__in=days).values_list("on", flat=True))
    new = {on: name for on, name in days.items() if on not in held}
    if not new:
        message = "The calendar is closed on these days already."
        raise DaysRefused(message)
    for on, name in sorted(new.items()):
        row = Holiday(calendar=calendar, on=on, name=name, kind=kind)
        save_because(row, by=by, reason=reason)


def add(
    *, key: str, name: str, whose: Facility | Payer, time_zone: str, by: User, reason: str
) -> Calendar:
    """A calendar of a site or payer, with the house's hours and closed days to begin with."""
    house = Calendar.objects.get(key=HOUSE)
    calendar = Calendar(
        key=key,
        name=name,
        facility=whose if isinstance(whose, Facility) else None,
        payer=whose if isinstance(whose, Payer) else None,
        time_zone=time_zone,
        hours=house.hours,
    )
    save_because(calendar, by=by, reason=reason)
    for day in Holiday.objects.filter(calendar=house).order_by("on"):
        row = Holiday(calendar=calendar, on=day.on, name=day.name, kind=day.kind)
        save_because(row, by=by, reason=reason)
    return calendar
