"""Changing calendars: in force at once, and every running clock counted anew.

Calendars are not released by a second person as rules and targets are: a closure is known on the
day, and what it changes can be seen before (`effect`) and is on record after.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from billing_portal.access.grants import may
from billing_portal.access.roles import EDIT_CALENDARS
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import recounting
from cases.jobs import services as jobs
from cases.jobs.models import Job
from cases.sla.models import Calendar
from cases.sla.services import recount_many
from cases.sla.services.calendars import Close, Edit, Open, SeedHolidays, SetHours, add
from cases.sla.services.targets import HOUSE
from cases.work.services import ReasonMissing
from integrations.canonical.models import Facility, Payer

__all__ = ["Close", "Edit", "Open", "SeedHolidays", "SetHours", "change", "effect", "open_calendar"]
SAMPLE = 2_000  # cases that are counted to see what a change would do


class MayNotEdit(DomainError):
    """This role reads calendars and does not change them."""

    code = "may_not_edit"


class CalendarChanged(DomainError):
    """Somebody changed the calendar after it was read."""

    code = "stale_version"


class HasCalendar(DomainError):
    """The site or payer has a calendar already."""

    code = "has_calendar"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does: running clocks' cases in all, those looked at, those due otherwise."""

    running: int
    looked_at: int
    changed: int

    @property
    def is_exact(self) -> bool:
        """Whether all were looked at."""
        return self.looked_at == self.running


@transaction.atomic
def change(
    *, calendar: Calendar, edit: Edit, by: User, reason: str, at: datetime, seen_version: int
) -> Job | None:
    """Change a calendar; returns the job that counts the running clocks anew, if any run in it.

    Locks the calendar. Raises MayNotEdit, ReasonMissing, CalendarChanged, and what the edit raises.
    """
    _require(by, reason)
    locked = Calendar.objects.select_for_update(of=("self",)).get(pk=calendar.pk)
    if locked.version != seen_version:
        message = f"“{locked}” was changed after you opened it. Nothing of yours was saved."
        raise CalendarChanged(message)
    _write(locked, edit, by=by, reason=reason)
    _record(locked, "calendar.changed", by=by, reason=reason)
    parameters = {"calendars": [locked.pk], "reason": f"Calendar “{locked}”: {reason}"}
    return _count_anew(_running(locked), parameters, by=by)


@transaction.atomic
def open_calendar(
    *, key: str, name: str, whose: Facility | Payer, time_zone: str, by: User, reason: str
) -> tuple[Calendar, Job | None]:
    """Give a site or a payer a calendar of its own, equal to the house's to begin with.

    A site's running clocks go over to it; a payer's counts for clocks that start from now on.
    Raises MayNotEdit, ReasonMissing, HasCalendar.
    """
    _require(by, reason)
    mine = {"facility": whose} if isinstance(whose, Facility) else {"payer": whose}
    if Calendar.objects.filter(**mine).exists() or Calendar.objects.filter(key=key).exists():
        message = f"{whose} has a calendar already, or its short name is taken."
        raise HasCalendar(message)
    made = add(key=key, name=name, whose=whose, time_zone=time_zone, by=by, reason=reason)
    _record(made, "calendar.added", by=by, reason=reason)
    if not isinstance(whose, Facility):
        return made, None
    house = Calendar.objects.get(key=HOUSE)
    parameters = {
        "calendars": [house.pk],
        "facility": whose.pk,
        "adopted": [house.pk, made.pk, made.time_zone],
        "reason": f"Calendar “{made}”: {reason}",
    }
    rows = recounting.counted_in([house.pk]).filter(case__facility=whose)
    return made, _count_anew(rows.values("case").distinct().count(), parameters, by=by)


@transaction.atomic
def effect(*, calendar: Calendar, edit: Edit, by: User, at: datetime) -> Effect:
    """What a change would do to the running clocks; done, counted and taken back.

    Counts some two thousand cases at most. Raises MayNotEdit and what the edit raises.
    """
    _require(by, reason="Looked at before it is done")
    rows = recounting.counted_in([calendar.pk])
    ids = list(rows.order_by("case").values_list("case", flat=True).distinct()[:SAMPLE])
    before = transaction.savepoint()
    _write(Calendar.objects.get(pk=calendar.pk), edit, by=by, reason="Looked at before it is done")
    changed = recount_many(case_ids=ids, at=at, is_dry=True).changed
    transaction.savepoint_rollback(before)
    return Effect(_running(calendar), len(ids), len(changed))


def _write(calendar: Calendar, edit: Edit, *, by: User, reason: str) -> None:
    edit.write(calendar, by=by, reason=reason)
    calendar.version += 1
    save_because(calendar, by=by, reason=reason, fields=["hours", "time_zone", "version"])


def _running(calendar: Calendar) -> int:
    return recounting.counted_in([calendar.pk]).values("case").distinct().count()


def _count_anew(cases: int, parameters: dict[str, Any], *, by: User) -> Job | None:
    if not cases:
        return None
    return jobs.start(kind=recounting.KIND, parameters=parameters, total=cases, by=by)


def _require(by: User, reason: str) -> None:
    if not may(by, EDIT_CALENDARS):
        message = "Your role reads calendars. A rules steward changes them."
        raise MayNotEdit(message)
    if not reason.strip():
        message = "Say why: every change of a calendar has a reason."
        raise ReasonMissing(message)


def _record(calendar: Calendar, verb: str, *, by: User, reason: str) -> None:
    audit.record(
        chain="config:calendar",
        verb=verb,
        subject=f"calendar:{calendar.pk}",
        by=by,
        reason=reason,
        version=calendar.version,
    )
