"""How many must approve, and who counts for which seat."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.approvals.terms import Step, Terms, is_filled, would_add
from cases.approvals.vocabulary import StepMode
from tests.factories.approvals import policy_content, step_content

A, B, ABOVE = "role:a", "role:b", "role:above"


def step(mode, *roles, n=1):
    return Step("s", "S", mode, n, roles)


def seats(*names):
    return [frozenset(each) for each in names]


@pytest.mark.parametrize(
    ("asked", "sat", "filled"),
    [
        (step(StepMode.ANY, "a", "b"), [{B}], True),
        (step(StepMode.ANY, "a", "b"), [], False),
        (step(StepMode.SOME, "a", "b", n=2), [{A}], False),
        (step(StepMode.SOME, "a", "b", n=2), [{A}, {A}], True),
        (step(StepMode.ALL, "a", "b"), [{A}, {A}], False),
        (step(StepMode.ALL, "a", "b"), [{A, B}, {A}], True),
        (step(StepMode.ALL, "a", "b"), [{A, B}, {B}], True),
        (step(StepMode.ALL, "a", "b"), [{A}, {ABOVE}], True),
        (step(StepMode.ALL, "a", "b"), [{ABOVE}], False),
        (step(StepMode.ALL, "a", "above"), [{ABOVE}, {ABOVE}], False),
    ],
)
def test_a_step_is_filled_by_enough_humans(asked, sat, filled):
    assert is_filled(asked, seats(*sat), upper=ABOVE) is filled


def test_a_seat_that_is_taken_adds_nothing():
    both = step(StepMode.ALL, "a", "b")

    assert not would_add(both, seats({A}), frozenset({A}))
    assert would_add(both, seats({A, B}), frozenset({A}))


@given(st.lists(st.frozensets(st.sampled_from([A, B, "role:c"]), min_size=1), max_size=6))
def test_no_order_of_deciding_blocks_a_step(sat):
    """Whoever adds anything in one order adds as much in any other."""
    asked = step(StepMode.ALL, "a", "b", "c")

    assert is_filled(asked, sat) == is_filled(asked, sat[::-1])


def test_a_content_says_it_all():
    content = policy_content(
        step_content("rc_director", "controller", mode="all", people=["ana"]), to_amount="10.00"
    )
    terms = Terms.from_json(content)

    assert terms.steps[0].seats == ("role:rc_director", "role:controller", "person:ana")
    assert terms.steps[0].needed == 3
    assert terms.upper_seat == "role:rc_director"
    assert [terms.covers(Decimal(each)) for each in ("0.00", "0.01", "9.99", "10.00")] == [
        False,
        True,
        True,
        False,
    ]


def test_from_an_amount_on_a_fresh_sign_in_is_wanted_and_up_to_one_bulk_is_allowed():
    terms = Terms.from_json(policy_content(fresh_from="1000.00", bulk_up_to="500.00"))
    silent = Terms.from_json(policy_content())

    assert not terms.wants_fresh(Decimal("999.99"))
    assert terms.wants_fresh(Decimal("1000.00"))
    assert terms.allows_bulk(Decimal("500.00"))
    assert not terms.allows_bulk(Decimal("500.01"))
    assert not silent.wants_fresh(Decimal("1000000.00"))
    assert not silent.allows_bulk(Decimal("0.01"))
