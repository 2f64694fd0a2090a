from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.sla.business_time import BusinessCalendar
from cases.sla.clock_readings import read
from cases.sla.clock_rules import Pause, Run, Terms
from cases.sla.vocabulary import Clock, ClockState, PauseReason, Unit, WatchStep
from tests.cases.sla.test_business_time import calendars

CHICAGO = ZoneInfo("America/Chicago")
WEEK = {day: ((time(8), time(17)),) for day in range(1, 6)}
HOUSE = BusinessCalendar(CHICAGO, WEEK, frozenset({date(2026, 1, 1)}))
PAYER = PauseReason.PAYER


def local(text):
    """A clock time in Chicago, as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO).astimezone(UTC)


def run(started, *pauses, amount=5, unit=Unit.BUSINESS_DAYS, cap=15, **fields):
    terms = Terms(amount, unit, 1, CHICAGO.key, frozenset(PauseReason), cap)
    made = tuple(Pause(PAYER, local(begins), ends and local(ends)) for begins, ends in pauses)
    return Run(Clock.RESOLVE, 1, terms, local(started), made, **fields)


def due(*args, calendar=HOUSE, **kwargs):
    return (
        read(run(*args, **kwargs), calendar).due_at.astimezone(CHICAGO).strftime("%a %m-%d %H:%M")
    )


def test_without_a_pause_it_is_due_as_the_target_counts():
    assert due("2026-03-05 09:00") == "Thu 03-12 17:00"


def test_three_days_across_a_weekend_cost_two_business_days():
    """Golden test 13: and the new priority keeps the pause."""
    pause = ("2026-03-06 10:00", "2026-03-09 10:00")

    assert due("2026-03-05 09:00", pause) == "Fri 03-13 17:00"
    assert due("2026-03-05 09:00", pause, amount=2) == "Tue 03-10 17:00"
    assert due("2026-03-05 09:00", amount=2) == "Mon 03-09 17:00"


def test_a_weekend_alone_costs_nothing():
    assert due("2026-03-05 09:00", ("2026-03-06 17:30", "2026-03-09 07:00")) == "Thu 03-12 17:00"


def test_business_hours_go_on_to_the_minute():
    pause = ("2026-03-02 10:00", "2026-03-02 11:30")

    assert due("2026-03-02 09:00", pause, amount=4, unit=Unit.BUSINESS_HOURS) == "Mon 03-02 14:30"


def test_calendar_days_wait_by_the_clock():
    pause = ("2026-03-02 10:00", "2026-03-04 12:00")

    assert due("2026-03-01 09:00", pause, amount=10, unit=Unit.CALENDAR_DAYS) == "Fri 03-13 11:00"


def test_a_pause_after_it_was_due_changes_nothing():
    assert due("2026-03-02 09:00", ("2026-03-12 10:00", "2026-03-13 10:00")) == "Mon 03-09 17:00"


def test_across_daylight_saving_and_the_turn_of_the_year():
    """Golden test 14."""
    assert due("2025-12-30 09:00", ("2025-12-31 09:00", "2026-01-02 09:00")) == "Thu 01-08 17:00"
    spring = ("2026-03-06 12:00", "2026-03-09 12:00")
    assert due("2026-03-06 09:00", spring, amount=9, unit=Unit.BUSINESS_HOURS) == "Tue 03-10 09:00"
    autumn = ("2025-10-31 12:00", "2025-11-03 12:00")
    assert due("2025-10-31 09:00", autumn, amount=9, unit=Unit.BUSINESS_HOURS) == "Tue 11-04 09:00"


def test_an_open_pause_is_counted_to_its_cap_and_goes_on_by_itself():
    reading = read(run("2026-03-02 09:00", ("2026-03-03 09:00", None), cap=3), HOUSE)

    assert reading.state is ClockState.PAUSED
    assert reading.goes_on_at == local("2026-03-06 17:00")
    assert reading.due_at == local("2026-03-13 17:00")
    assert reading.watch(warned=0) == (local("2026-03-06 17:00"), WatchStep.CAP)


def test_a_reason_has_its_cap_all_in_all():
    first, second = ("2026-03-03 09:00", "2026-03-05 09:00"), ("2026-03-06 09:00", None)

    reading = read(run("2026-03-02 09:00", first, second, cap=3), HOUSE)
    spent = read(run("2026-03-02 09:00", first, second, cap=2), HOUSE)

    assert reading.goes_on_at == local("2026-03-09 17:00")
    assert spent.goes_on_at == local("2026-03-06 09:00")


def test_shares_of_the_time_are_shares_of_open_hours():
    reading = read(run("2026-03-06 13:00", amount=8, unit=Unit.BUSINESS_HOURS), HOUSE)

    assert reading.goal == timedelta(hours=8)
    assert reading.moment(WatchStep.HALF) == local("2026-03-06 17:00")
    assert reading.moment(WatchStep.MOST) == local("2026-03-09 10:24")
    assert reading.moment(WatchStep.ALL) == local("2026-03-09 12:00") == reading.due_at
    assert reading.reached(at=local("2026-03-09 11:00")) == WatchStep.MOST
    assert reading.watch(warned=80) == (reading.due_at, WatchStep.ALL)
    assert reading.watch(warned=100) is None


def test_what_is_gone_and_left_is_told_in_open_hours():
    reading = read(run("2026-03-06 13:00", amount=8, unit=Unit.BUSINESS_HOURS), HOUSE)

    assert reading.elapsed(local("2026-03-07 12:00")) == timedelta(hours=4)
    assert reading.remaining(local("2026-03-09 14:00")) == timedelta(hours=-2)


@pytest.mark.parametrize(
    ("ended", "state"),
    [("2026-03-09 17:00", ClockState.MET), ("2026-03-09 17:01", ClockState.MISSED)],
)
def test_what_stops_by_its_due_time_is_met(ended, state):
    reading = read(run("2026-03-02 09:00", ended_at=local(ended)), HOUSE)

    assert reading.state is state
    assert reading.watch(warned=0) is None


def test_a_cancelled_clock_is_neither():
    over = run("2026-03-02 09:00", ended_at=local("2026-03-20 09:00"), is_cancelled=True)

    assert read(over, HOUSE).state is ClockState.CANCELLED


@st.composite
def paused_runs(draw):
    """A run with pauses that follow each other, whole hours apart."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 8_000)))
    marks, at = [], start
    for step in draw(st.lists(st.integers(0, 60), max_size=6)):
        at += timedelta(hours=step)
        marks.append(at)
    pauses = tuple(Pause(PAYER, *pair) for pair in zip(marks[::2], marks[1::2], strict=False))
    unit = draw(st.sampled_from(Unit))
    terms = Terms(draw(st.integers(1, 8)), unit, 1, "UTC", frozenset(PauseReason), cap=100)
    return Run(Clock.RESOLVE, 1, terms, start, pauses)


@given(calendars(), paused_runs())
def test_a_pause_never_makes_anything_due_earlier(calendar, paused):
    plain = Run(paused.clock, 1, paused.terms, paused.started_at)

    assert read(paused, calendar).due_at >= read(plain, calendar).due_at


@given(calendars(), paused_runs())
def test_the_shares_come_in_order_and_the_whole_time_is_gone_when_it_is_due(calendar, paused):
    reading = read(paused, calendar)
    moments = [reading.moment(step) for step in (WatchStep.HALF, WatchStep.MOST, WatchStep.ALL)]

    assert moments == sorted(moments)
    assert moments[0] >= paused.started_at
    assert reading.elapsed(reading.due_at) == reading.goal
    assert reading.remaining(reading.due_at) == timedelta()


@given(calendars(), paused_runs())
def test_what_is_gone_agrees_with_walking_by_half_hours(calendar, paused):
    reading = read(paused, calendar)
    end = min(reading.due_at, paused.started_at + timedelta(days=20)).replace(minute=0)
    by_clock = paused.terms.unit is Unit.CALENDAR_DAYS
    step, gone, moment = timedelta(minutes=30), timedelta(), paused.started_at
    while moment < end:
        waits = any(pause.begins <= moment < pause.ends for pause in paused.pauses)
        spans = calendar.intervals_on(calendar.day_of(moment))
        counts = by_clock or any(opens <= moment < closes for opens, closes in spans)
        gone += step * (counts and not waits)
        moment += step

    assert reading.elapsed(end) == gone
