"""Ages in business days as moments: every case in exactly one bucket, the right one."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cases.insights.ageing import EDGES, buckets, days_back

HOLIDAYS = {date(2026, 1, 1), date(2026, 7, 3), date(2026, 11, 26), date(2026, 12, 25)}


def is_open(day: date) -> bool:
    return day.isoweekday() < 6 and day not in HOLIDAYS


def business_days(opened: date, today: date) -> int:
    """Business days passed, one by one: an opening on a closed day counts as the next open one."""
    while not is_open(opened) and opened < today:
        opened += timedelta(days=1)
    days = (opened + timedelta(days=n) for n in range(1, (today - opened).days + 1))
    return sum(is_open(day) for day in days)


@given(st.dates(date(2026, 1, 5), date(2027, 12, 31)), st.integers(0, 200))
def test_a_case_is_in_the_bucket_of_its_business_days(today, ago):
    opened = today - timedelta(days=ago)
    moment = datetime(opened.year, opened.month, opened.day, 12, tzinfo=UTC)
    days = business_days(opened, today)

    held = [
        number
        for number, band in enumerate(buckets(today, is_open=is_open, zone=UTC))
        if (band.since is None or moment >= band.since)
        and (band.until is None or moment < band.until)
    ]

    assert held == [sum(days > edge for edge in EDGES)]


def test_the_buckets_are_those_of_the_measure():
    labels = [band.label for band in buckets(date(2026, 3, 2), is_open=is_open, zone=UTC)]

    assert labels == ["0–5", "6–10", "11–20", "21–30", "31–60", "61–90", "Over 90"]


def test_a_weekend_counts_with_the_monday_after_it():
    assert days_back(date(2026, 3, 2), 0, is_open=is_open) == date(2026, 2, 28)
    assert days_back(date(2026, 3, 2), 1, is_open=is_open) == date(2026, 2, 27)


def test_a_calendar_that_is_never_open_ends():
    assert days_back(date(2026, 3, 2), 5, is_open=lambda _day: False) < date(2020, 1, 1)
