from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.sla.business_time import BusinessCalendar, NeverOpen
from cases.sla.deadline_rules import (
    BeyondTheCalendar,
    DayKind,
    Limit,
    RollRule,
    add_months,
    before,
    dates_of,
    default_buffer,
    rolled,
)

DAY = timedelta(days=1)
WEEKDAYS = dict.fromkeys(range(1, 6), ((time(8), time(17)),))
HOLIDAYS = frozenset({date(2022, 12, 26), date(2022, 9, 5), date(2024, 1, 1)})
HOUSE = BusinessCalendar(ZoneInfo("America/Chicago"), WEEKDAYS, HOLIDAYS)
NEVER = BusinessCalendar(ZoneInfo("UTC"), {}, frozenset())
REDETERMINATION = Limit(days=120, presumed_receipt_days=5)

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
limits = st.builds(
    Limit,
    days=st.integers(1, 800),
    day_kind=st.sampled_from([DayKind.CALENDAR, DayKind.BUSINESS]),
    presumed_receipt_days=st.integers(0, 10),
    roll_rule=st.sampled_from(RollRule),
    buffer=st.integers(0, 30),
)


@pytest.mark.parametrize(
    ("notice_on", "legal_on"),
    [
        (date(2022, 5, 15), date(2022, 9, 17)),
        (date(2022, 8, 15), date(2022, 12, 18)),
    ],
)
def test_the_published_examples_of_a_medicare_contractor(notice_on, legal_on):
    assert dates_of(REDETERMINATION, notice_on, HOUSE).legal_on == legal_on


def test_without_the_days_in_the_mail_the_published_examples_come_out_otherwise():
    in_hand = Limit(days=120)

    assert dates_of(in_hand, date(2022, 5, 15), HOUSE).legal_on == date(2022, 9, 12)


def test_the_internal_date_is_five_business_days_before_a_legal_date_on_a_sunday():
    # Sunday, December 18: Friday is the first business day before it, Monday the fifth
    assert dates_of(REDETERMINATION, date(2022, 8, 15), HOUSE).internal_on == date(2022, 12, 12)


def test_a_holiday_is_no_business_day_of_the_buffer():
    assert before(date(2022, 9, 7), 2, HOUSE) == date(2022, 9, 2)


def test_without_a_buffer_the_internal_date_is_still_a_business_day():
    assert before(date(2022, 9, 5), 0, HOUSE) == date(2022, 9, 2)
    assert before(date(2022, 9, 6), 0, HOUSE) == date(2022, 9, 6)


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        (RollRule.NONE, date(2022, 9, 3)),
        (RollRule.FORWARD, date(2022, 9, 6)),
        (RollRule.BACK, date(2022, 9, 2)),
    ],
)
def test_a_legal_date_on_a_closed_day_goes_where_its_rule_says(rule, day):
    assert rolled(date(2022, 9, 3), rule, HOUSE) == day


@pytest.mark.parametrize(("level", "buffer"), [(1, 5), (2, 10), (5, 10)])
def test_higher_levels_want_more_time(level, buffer):
    assert default_buffer(level) == buffer


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2023, 10, 31), 4, date(2024, 2, 29)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2023, 12, 15), 1, date(2024, 1, 15)),
    ],
)
def test_months_end_with_the_month(day, months, later):
    assert add_months(day, months) == later


def test_a_year_from_a_leap_day_ends_in_february():
    limit = Limit(days=1, day_kind=DayKind.YEAR)

    assert dates_of(limit, date(2024, 2, 29), HOUSE).legal_on == date(2025, 2, 28)


def test_business_days_are_counted_over_the_new_year():
    limit = Limit(days=2, day_kind=DayKind.BUSINESS)

    assert dates_of(limit, date(2023, 12, 29), HOUSE).legal_on == date(2024, 1, 3)


def test_a_calendar_that_never_opens_is_refused():
    with pytest.raises(NeverOpen):
        dates_of(REDETERMINATION, date(2022, 5, 15), NEVER)


@pytest.mark.parametrize("kind", [DayKind.CALENDAR, DayKind.MONTH, DayKind.YEAR])
def test_a_limit_beyond_all_calendars_is_refused(kind):
    with pytest.raises(BeyondTheCalendar):
        dates_of(Limit(days=3650, day_kind=kind), date(9999, 6, 1), HOUSE)


@given(limits, days)
def test_the_internal_date_is_open_and_never_after_the_legal_one(limit, day):
    found = dates_of(limit, day, HOUSE)

    assert HOUSE.is_open_on(found.internal_on)
    assert found.internal_on <= found.legal_on


@given(limits, days)
def test_the_buffer_is_exactly_so_many_business_days(limit, day):
    found = dates_of(limit, day, HOUSE)
    length = (found.legal_on - found.internal_on).days
    between = [found.internal_on + number * DAY for number in range(length)]

    if limit.buffer:
        assert sum(map(HOUSE.is_open_on, between)) == limit.buffer


@given(st.builds(Limit, days=st.integers(1, 800), presumed_receipt_days=st.integers(0, 10)), days)
def test_calendar_days_are_days_whatever_the_year(limit, day):
    legal_on = dates_of(limit, day, HOUSE).legal_on

    assert (legal_on - day).days == limit.days + limit.presumed_receipt_days


@given(limits, days)
def test_a_later_notice_never_leaves_less_time(limit, day):
    assert dates_of(limit, day, HOUSE).legal_on <= dates_of(limit, day + DAY, HOUSE).legal_on


@given(days, st.integers(0, 60))
def test_months_are_months(day, months):
    later = add_months(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + DAY).day == 1
