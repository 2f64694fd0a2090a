"""A limit is a limit, however the calls come."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from billing_portal.access.throttles import StrangerThrottle

STRANGER = Request(APIRequestFactory().get("/", REMOTE_ADDR="203.0.113.9"))


@pytest.fixture
def moment(monkeypatch) -> list[float]:
    cache.clear()
    now = [1_000_000.0]
    monkeypatch.setattr(StrangerThrottle, "timer", lambda _self: now[0])
    monkeypatch.setattr(StrangerThrottle, "THROTTLE_RATES", {"anon": "30/min"})
    return now


def ask(_number: int) -> bool:
    return StrangerThrottle().allow_request(STRANGER, None)


def test_calls_at_once_are_counted_each(moment):
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(100))) == 30


def test_the_next_window_begins_anew_and_how_long_that_takes_is_said(moment):
    throttle = StrangerThrottle()
    allowed = [throttle.allow_request(STRANGER, None) for _ in range(31)]

    assert allowed == [True] * 30 + [False]
    assert 0 < throttle.wait() <= 60
    moment[0] += throttle.wait()
    assert ask(0)


def test_a_count_that_the_broker_forgot_meanwhile_begins_anew(moment, monkeypatch):
    """It was killed between the two, and is back without it."""
    monkeypatch.setattr(cache, "add", lambda *_kept: True)

    assert ask(0)
