from datetime import UTC, date, datetime

from billing_portal.kernel.days import house_day


def test_the_houses_evening_is_still_its_own_day(settings):
    settings.SITE_TIME_ZONE = "America/Chicago"

    assert house_day(datetime(2026, 3, 3, 4, tzinfo=UTC)) == date(2026, 3, 2)
