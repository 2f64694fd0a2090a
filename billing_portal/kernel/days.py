"""Which day a moment belongs to. Rules that count in days ask here, whoever acts and wherever."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def house_day(at: datetime) -> date:
    """The day of a moment at the house: in ``SITE_TIME_ZONE``, not in UTC nor in the reader's."""
    return at.astimezone(ZoneInfo(settings.SITE_TIME_ZONE)).date()
