from dataclasses import astuple

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.priority.score import Terms, Weights, terms_of

HOUSE = Weights()


def hundredths(least, most):
    """As the columns hold them: two decimals, so nothing is smaller than a number can be."""
    return st.integers(least * 100, most * 100).map(lambda number: number / 100)


points = hundredths(0, 100)
days = hundredths(-4_000, 4_000)
weightings = st.builds(
    Weights,
    urgency=points,
    money=points,
    age=points,
    escalation=points,
    midpoint_days=hundredths(0, 60),
    slope_days=hundredths(1, 30),
)


def counted_by_the_database(weights, *, days_left, expected, age_days, is_escalated):
    given = [
        weights.urgency,
        weights.money,
        weights.age,
        weights.escalation,
        weights.midpoint_days,
        weights.slope_days,
        days_left,
        expected,
        age_days,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT urgency, money, age, escalation FROM cases_score_terms("
            + ", ".join(["%s::float8"] * len(given))
            + ", %s)",
            [*given, is_escalated],
        )
        return Terms(*cursor.fetchone())


@pytest.mark.parametrize(
    ("expected", "days_left", "score"),
    [(100, 2, 54.5), (50_000, 5, 68.7), (50_000, 40, 33.8)],
)
def test_the_houses_examples(expected, days_left, score):
    terms = terms_of(HOUSE, days_left=days_left, expected=expected, age_days=5, is_escalated=False)

    assert round(terms.score, 1) == score


def test_escalation_and_age_add_their_points():
    asked = {"days_left": 10, "expected": 0}
    plain = terms_of(HOUSE, **asked, age_days=0, is_escalated=False)
    old = terms_of(HOUSE, **asked, age_days=90, is_escalated=True)

    assert plain.score == pytest.approx(22.5)
    assert (old.age, old.escalation) == (10.0, 10.0)


def test_nothing_is_too_far_away_to_count():
    far = terms_of(HOUSE, days_left=1e6, expected=-5, age_days=-1, is_escalated=False)

    assert far.score == pytest.approx(0.0)


@pytest.mark.django_db
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(weightings, days, hundredths(-10, 10**9), hundredths(-10, 5_000), st.booleans())
def test_the_database_counts_the_same(weights, days_left, expected, age_days, is_escalated):
    asked = {
        "days_left": days_left,
        "expected": expected,
        "age_days": age_days,
        "is_escalated": is_escalated,
    }

    assert astuple(counted_by_the_database(weights, **asked)) == pytest.approx(
        astuple(terms_of(weights, **asked)), rel=1e-9, abs=1e-9
    )


@given(days, st.floats(0, 1e9), st.floats(0, 500), st.booleans())
def test_less_time_never_means_a_lower_score(days_left, expected, age_days, is_escalated):
    asked = {"expected": expected, "age_days": age_days, "is_escalated": is_escalated}
    later = terms_of(HOUSE, days_left=days_left + 1, **asked)

    assert terms_of(HOUSE, days_left=days_left, **asked).score >= later.score
