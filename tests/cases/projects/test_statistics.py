"""Rates and their difference: published values, and what chance does and does not show."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.projects.statistics import Share, Verdict, compare, newcombe, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_score_interval_is_the_published_one(part, whole, low, high):
    found = wilson(Share(part, whole))

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_the_interval_of_a_difference_is_the_published_one():
    """Newcombe 1998, table II, contrast (a), method 10: 56/70 less 48/80."""
    found = newcombe(before=Share(48, 80), after=Share(56, 70))

    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


def denied(rng: Random, rate: float, claims: int) -> Share:
    return Share(sum(rng.random() < rate for _ in range(claims)), claims)


def test_a_simulated_fix_shows_as_a_drop():
    rng = Random(15)
    shown = [compare(denied(rng, 0.12, 600), denied(rng, 0.05, 600)).verdict for _ in range(200)]

    assert shown.count(Verdict.DROPPED) >= 190
    assert Verdict.ROSE not in shown


def test_a_placebo_shows_nothing_more_often_than_chance_allows():
    rng = Random(23)
    shown = [compare(denied(rng, 0.1, 500), denied(rng, 0.1, 500)).verdict for _ in range(1000)]

    assert shown.count(Verdict.UNCLEAR) >= 930
    assert abs(shown.count(Verdict.DROPPED) - shown.count(Verdict.ROSE)) < 40


def test_a_few_claims_say_nothing():
    assert compare(Share(9, 10), Share(0, 10)).verdict == Verdict.TOO_FEW
    assert compare(Share(0, 0), Share(1, 10)).difference is None


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 500), st.integers(1, 500))
def test_an_interval_always_holds_what_was_seen(part, other, whole, more):
    before, after = Share(min(part, whole), whole), Share(min(other, more), more)
    found = compare(before, after)

    assert found.interval is not None
    assert found.difference is not None
    assert -1 <= found.interval.low <= found.difference + 1e-9
    assert found.difference - 1e-9 <= found.interval.high <= 1
