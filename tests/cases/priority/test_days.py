from datetime import UTC, date, datetime

from cases.priority.days import today


def test_the_houses_evening_is_still_its_own_day(settings):
    settings.SITE_TIME_ZONE = "America/Chicago"

    assert today(datetime(2026, 3, 3, 4, tzinfo=UTC)) == date(2026, 3, 2)
