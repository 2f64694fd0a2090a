from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.notices.policy import (
    MORNING,
    USUAL,
    Rest,
    hour_of,
    is_due,
    is_quiet,
    morning_before,
    pace_of,
)
from cases.notices.vocabulary import MessageKind, Pace

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)  # noon in Chicago
MINUTE = timedelta(minutes=1)


def test_every_kind_has_a_usual_pace_and_what_cannot_wait_goes_out_at_once():
    assert set(USUAL) == set(MessageKind)
    assert USUAL[MessageKind.BREACH] == USUAL[MessageKind.APPROVAL] == Pace.INSTANT


def test_ones_own_choice_comes_before_urgency_and_urgency_before_habit():
    assert pace_of(MessageKind.JOB, None, is_urgent=False) == Pace.OFF
    assert pace_of(MessageKind.JOB, None, is_urgent=True) == Pace.INSTANT
    assert pace_of(MessageKind.JOB, Pace.DAILY, is_urgent=True) == Pace.DAILY


def test_at_once_is_at_once_and_off_is_never():
    assert is_due(Pace.INSTANT, since=NOON, now=NOON, zone=CHICAGO)
    assert not is_due(Pace.OFF, since=NOON - timedelta(days=9), now=NOON, zone=CHICAGO)


def test_hourly_waits_for_the_hour_to_turn():
    said = NOON - MINUTE

    assert not is_due(Pace.HOURLY, since=said, now=NOON - timedelta(seconds=1), zone=CHICAGO)
    assert is_due(Pace.HOURLY, since=said, now=NOON, zone=CHICAGO)


def test_daily_waits_for_the_readers_morning():
    morning = datetime(2026, 3, 4, 7, 30, tzinfo=CHICAGO)

    assert not is_due(Pace.DAILY, since=NOON, now=morning - MINUTE, zone=CHICAGO)
    assert is_due(Pace.DAILY, since=NOON, now=morning, zone=CHICAGO)
    assert not is_due(Pace.DAILY, since=morning, now=morning, zone=CHICAGO)


@pytest.mark.parametrize(
    ("starts", "ends", "moment", "is_held"),
    [
        (time(12), time(13), time(12), True),
        (time(12), time(13), time(13), False),
        (time(19), time(7), time(23, 59), True),
        (time(19), time(7), time(0), True),
        (time(19), time(7), time(7), False),
        (time(19), time(7), time(18, 59), False),
    ],
)
def test_rest_holds_from_its_start_to_just_before_its_end(starts, ends, moment, is_held):
    assert Rest(starts, ends).holds_at(moment) == is_held


def test_rest_is_by_the_clock_of_its_zone():
    rest = Rest(time(11), time(13))

    assert is_quiet(rest, now=NOON, zone=CHICAGO)
    assert not is_quiet(rest, now=NOON, zone=ZoneInfo("UTC"))
    assert not is_quiet(None, now=NOON, zone=CHICAGO)


@given(st.integers(0, 60 * 24 * 365 * 20))
def test_the_last_morning_is_never_ahead_and_never_two_days_back(minutes):
    now = NOON + minutes * MINUTE
    last = morning_before(now, CHICAGO)

    assert last <= now < last + timedelta(days=2)
    assert last.astimezone(CHICAGO).time() == MORNING
    assert hour_of(now) <= now < hour_of(now) + timedelta(hours=1)
