"""Statutory and contractual time limits, from a base date to the day it must be done by. Pure.

Source of the rules: the house's domain rules on deadlines. Legal date = base date + presumed
receipt + the rule's days, rolled as the rule says (not at all by default, which is the safest).
Internal date = so many business days before it, on a business day.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices

from billing_portal.kernel.pure.errors import DomainError
from cases.sla.business_time import HORIZON_DAYS, BusinessCalendar, NeverOpen

DAY = timedelta(days=1)
MONTHS_A_YEAR = 12
FIRST_LEVEL_BUFFER, HIGHER_LEVEL_BUFFER = 5, 10
LAST_YEAR = 9999


class BeyondTheCalendar(DomainError):
    """A rule counts further than any calendar goes."""

    code = "beyond_the_calendar"


class ClockType(TextChoices):
    """What a time limit is for."""

    TIMELY_FILING = "timely_filing", "First filing"
    CORRECTED_CLAIM = "corrected_claim", "Corrected claim"
    REOPENING = "reopening", "Reopening"
    RECONSIDERATION = "reconsideration", "Reconsideration or dispute"
    APPEAL_1 = "appeal_1", "First-level appeal"
    APPEAL_2 = "appeal_2", "Second-level appeal"
    APPEAL_3 = "appeal_3", "Third-level appeal"
    APPEAL_4 = "appeal_4", "Fourth-level appeal"
    APPEAL_5 = "appeal_5", "Fifth-level appeal"
    EXTERNAL = "external", "External review"
    PEER_TO_PEER = "peer_to_peer", "Peer-to-peer talk"
    HEARING = "hearing", "Hearing"
    REFUND = "refund", "Refund"
    RECORDS_REQUEST = "records_request", "Records request"


class BaseEvent(TextChoices):
    """What a time limit counts from."""

    NOTICE = "notice", "Date of the notice or remittance"
    RECEIPT = "receipt", "Date of the decision before"
    SERVICE = "service", "Date of service"
    REQUEST = "request", "Date of the request"


class DayKind(TextChoices):
    """What a time limit counts."""

    CALENDAR = "calendar", "Calendar days"
    BUSINESS = "business", "Business days"
    MONTH = "month", "Months"
    YEAR = "year", "Years"


class RollRule(TextChoices):
    """Where a legal date goes that falls on a closed day."""

    NONE = "none", "Stays where it is"
    FORWARD = "forward", "To the next business day"
    BACK = "back", "To the business day before"


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule as it is counted; `buffer` in business days, `days` in the rule's own kind."""

    days: int
    day_kind: DayKind = DayKind.CALENDAR
    presumed_receipt_days: int = 0
    roll_rule: RollRule = RollRule.NONE
    buffer: int = FIRST_LEVEL_BUFFER


@dataclass(frozen=True, slots=True)
class Dates:
    """The last day by law or contract, and the day by which we want it done."""

    legal_on: date
    internal_on: date


def default_buffer(level: int) -> int:
    """Business days between the internal and the legal date: five at level 1, ten above."""
    return FIRST_LEVEL_BUFFER if level <= 1 else HIGHER_LEVEL_BUFFER


def dates_of(limit: Limit, base_on: date, calendar: BusinessCalendar) -> Dates:
    """Both dates of a limit that counts from a day.

    Raises NeverOpen for a calendar without open days, BeyondTheCalendar beyond the year 9999.
    """
    try:
        legal_on = rolled(_counted(limit, base_on, calendar), limit.roll_rule, calendar)
        return Dates(legal_on, before(legal_on, limit.buffer, calendar))
    except (OverflowError, ValueError) as error:
        message = f"Counted from {base_on}, the limit ends beyond the calendar."
        raise BeyondTheCalendar(message) from error


def rolled(day: date, rule: RollRule, calendar: BusinessCalendar) -> date:
    """A day, or the business day beside it that the rule names."""
    if rule is RollRule.FORWARD:
        return _open_from(day, DAY, calendar)
    return _open_from(day, -DAY, calendar) if rule is RollRule.BACK else day


def before(day: date, days: int, calendar: BusinessCalendar) -> date:
    """So many business days before a day; none is that day, or the business day before it."""
    if days == 0:
        return _open_from(day, -DAY, calendar)
    for _ in range(days):
        day = _open_from(day - DAY, -DAY, calendar)
    return day


def _counted(limit: Limit, base_on: date, calendar: BusinessCalendar) -> date:
    received_on = base_on + limit.presumed_receipt_days * DAY
    if limit.day_kind is DayKind.CALENDAR:
        return received_on + limit.days * DAY
    if limit.day_kind is DayKind.BUSINESS:
        for _ in range(limit.days):
            received_on = _open_from(received_on + DAY, DAY, calendar)
        return received_on
    months = limit.days * (MONTHS_A_YEAR if limit.day_kind is DayKind.YEAR else 1)
    return add_months(received_on, months)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, MONTHS_A_YEAR)
    year = day.year + years
    if year > LAST_YEAR:
        message = f"The year {year} is beyond the calendar."
        raise OverflowError(message)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _open_from(day: date, step: timedelta, calendar: BusinessCalendar) -> date:
    """The first business day from a day on, in one direction."""
    for _ in range(HORIZON_DAYS):
        if calendar.is_open_on(day):
            return day
        day += step
    message = f"The calendar in {calendar.zone.key} has no business days to count in."
    raise NeverOpen(message)
