from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.sla.business_time import (
    BusinessCalendar,
    NeverOpen,
    add_business_days,
    add_business_hours,
    add_calendar_days,
    open_between,
    open_time_before,
)

CHICAGO = ZoneInfo("America/Chicago")
NINE_TO_FIVE = {day: ((time(9), time(17)),) for day in range(1, 6)}
HOUSE = BusinessCalendar(CHICAGO, NINE_TO_FIVE, frozenset({date(2025, 12, 25), date(2026, 1, 1)}))
SPLIT = BusinessCalendar(
    CHICAGO, {day: ((time(8), time(12)), (time(13), time(17))) for day in range(1, 6)}, frozenset()
)
ROUND_THE_CLOCK = BusinessCalendar(
    CHICAGO, {day: ((time(0), time(0)),) for day in range(1, 8)}, frozenset()
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


def test_hours_run_over_the_night_and_the_weekend():
    friday_afternoon = local("2025-11-14 16:30")

    assert add_business_hours(HOUSE, friday_afternoon, 4) == local("2025-11-17 12:30")


def test_hours_stop_for_the_midday_break():
    assert add_business_hours(SPLIT, local("2025-11-17 11:00"), 2) == local("2025-11-17 14:00")


def test_an_hour_that_ends_at_closing_is_due_at_closing():
    assert add_business_hours(HOUSE, local("2025-11-17 16:00"), 1) == local("2025-11-17 17:00")


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2025-11-14 16:30", 1, "2025-11-17 17:00"),  # Friday to Monday
        ("2025-11-14 17:00", 1, "2025-11-18 17:00"),  # at closing: counts as Monday
        ("2025-11-15 10:00", 1, "2025-11-18 17:00"),  # Saturday counts as Monday
        ("2025-11-17 08:00", 0, "2025-11-17 17:00"),  # the same day
        ("2025-11-17 18:00", 0, "2025-11-18 17:00"),
        ("2025-12-24 10:00", 1, "2025-12-26 17:00"),  # Christmas
        ("2025-12-31 10:00", 1, "2026-01-02 17:00"),  # New Year's Day: over the year's end
    ],
)
def test_days_end_at_closing_of_the_business_day(start, days, due):
    assert add_business_days(HOUSE, local(start), days) == local(due)


def test_calendar_days_keep_the_clock_over_the_change_to_summer_time():
    start = local("2026-03-06 10:00")

    due = add_calendar_days(HOUSE, start, 3)

    assert due == local("2026-03-09 10:00")
    assert due - start.astimezone(UTC) == timedelta(days=3) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "hours_of_the_day"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-05-01", 24)]
)
def test_hours_are_counted_as_they_pass_when_the_clock_changes(day, hours_of_the_day):
    midnight = local(f"{day} 00:00")
    next_midnight = local(f"{date.fromisoformat(day) + timedelta(days=1)} 00:00")

    assert add_business_hours(ROUND_THE_CLOCK, midnight, hours_of_the_day) == next_midnight


def test_a_calendar_without_hours_is_refused():
    never = BusinessCalendar(CHICAGO, {}, frozenset())

    with pytest.raises(NeverOpen):
        add_business_hours(never, local("2025-11-17 08:00"), 1)
    with pytest.raises(NeverOpen):
        add_business_days(never, local("2025-11-17 08:00"), 1)


moments = st.integers(0, 5 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
clock = st.integers(0, 22)


@st.composite
def calendars(draw):
    """Any calendar that is open for at least an hour a week."""
    hours = {}
    for day in draw(st.sets(st.integers(1, 7), min_size=1)):
        marks = sorted(draw(st.sets(st.integers(0, 23), min_size=2, max_size=4)))
        pairs = list(zip(marks[::2], marks[1::2], strict=False))
        hours[day] = tuple((time(a), time(b)) for a, b in pairs)
    zone = ZoneInfo(draw(st.sampled_from(["America/Chicago", "America/Phoenix", "UTC"])))
    return BusinessCalendar(zone, hours, frozenset(draw(st.sets(st.dates(), max_size=2))))


@given(calendars(), moments, st.integers(1, 60), st.integers(1, 60))
def test_counting_on_is_counting_together(calendar, start, first, second):
    on = add_business_hours(calendar, add_business_hours(calendar, start, first), second)

    assert on == add_business_hours(calendar, start, first + second)


@given(calendars(), moments, st.integers(0, 60), moments)
def test_what_comes_later_is_never_due_earlier(calendar, start, amount, other):
    first, second = sorted([start, other])

    for add in (add_business_hours, add_business_days):
        assert add(calendar, first, amount) <= add(calendar, second, amount)


@given(calendars(), moments, st.integers(1, 30))
def test_what_is_due_is_due_in_open_hours(calendar, start, hours):
    due = add_business_hours(calendar, start, hours)

    spans = calendar.intervals_on(calendar.day_of(due - timedelta(microseconds=1)))
    assert any(opens < due <= closes for opens, closes in spans)


@given(calendars(), moments, st.integers(1, 40))
def test_hours_agree_with_walking_minute_by_minute_at_whole_hours(calendar, start, hours):
    start = start.replace(minute=0, second=0, microsecond=0)
    due = add_business_hours(calendar, start, hours)

    open_minutes = 0
    moment = start
    while moment < due:
        spans = calendar.intervals_on(calendar.day_of(moment))
        open_minutes += 30 * any(opens <= moment < closes for opens, closes in spans)
        moment += timedelta(minutes=30)
    assert open_minutes == hours * 60


@given(calendars(), moments, st.integers(0, 20))
def test_so_many_business_days_lie_between(calendar, start, days):
    due = add_business_days(calendar, start, days)

    first = add_business_days(calendar, start, 0)
    between = calendar.day_of(first)
    counted = 0
    while between < calendar.day_of(due):
        between += timedelta(days=1)
        counted += calendar.is_open_on(between)
    assert counted == days


def test_open_time_is_counted_back_over_the_weekend():
    monday_morning = local("2025-11-17 10:00")

    assert open_time_before(HOUSE, monday_morning, timedelta(hours=2)) == local("2025-11-14 16:00")
    assert open_time_before(HOUSE, monday_morning, timedelta(hours=1)) == local("2025-11-17 09:00")


@given(calendars(), moments, st.integers(1, 60))
def test_as_much_open_time_passes_as_was_counted_back(calendar, end, hours):
    left = timedelta(hours=hours)

    begin = open_time_before(calendar, end, left)

    assert open_between(calendar, begin, end) == left
    assert open_between(calendar, begin + timedelta(minutes=1), end) < left
