from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.sla.business_time import BusinessCalendar, hours_of
from cases.sla.hours import (
    HoursRefused,
    clock_changes,
    friday_before,
    read_day,
    stored,
    written,
)


def test_a_day_may_have_several_intervals():
    assert read_day("8:00-12:00, 13:00–17:00", day="Monday") == [
        ["08:00", "12:00"],
        ["13:00", "17:00"],
    ]
    assert read_day(" ", day="Monday") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8-17", "Monday: “8-17” is no interval. Write it like 08:00–17:00."),
        ("08:00–25:00", "is no interval"),
        ("17:00–08:00", "Monday: 17:00–08:00 ends before it begins."),
        ("08:00–12:00, 11:00–17:00", "11:00–17:00 begins before the interval in front of it ends"),
        ("13:00–17:00, 08:00–12:00", "in order, without overlap"),
        ("20:00–00:00, 21:00–22:00", "without overlap"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_a_sentence(text, words):
    with pytest.raises(HoursRefused, match="Monday") as refusal:
        read_day(text, day="Monday")

    assert words in str(refusal.value)


def test_a_calendar_that_never_opens_is_refused():
    with pytest.raises(HoursRefused):
        stored(dict.fromkeys(range(1, 8), ""))


@given(st.lists(st.sampled_from(range(24)), unique=True, max_size=6))
def test_what_is_written_reads_back(marks):
    marks = sorted(marks)[: len(marks) // 2 * 2]
    text = ", ".join(f"{a:02}:00–{b:02}:00" for a, b in zip(marks[::2], marks[1::2], strict=True))

    week = {"1": read_day(text, day="Monday")}
    assert written(week, 1) == text
    assert all(opens < closes for opens, closes in hours_of(week)[1])


def test_the_days_on_which_clocks_change():
    chicago = BusinessCalendar(ZoneInfo("America/Chicago"), {1: ((time(8), time(9)),)}, frozenset())
    phoenix = BusinessCalendar(ZoneInfo("America/Phoenix"), {}, frozenset())

    assert clock_changes(chicago, start=date(2026, 1, 1)) == [date(2026, 3, 8), date(2026, 11, 1)]
    assert clock_changes(phoenix, start=date(2026, 1, 1)) == []
    assert friday_before(date(2026, 3, 8)) == date(2026, 3, 6)
