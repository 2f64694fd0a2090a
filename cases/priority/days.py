"""The days that skips are counted by: the house's own."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def today(at: datetime) -> date:
    """The day of a moment at the house."""
    return at.astimezone(ZoneInfo(settings.SITE_TIME_ZONE)).date()
