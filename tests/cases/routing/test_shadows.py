from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.routing.conditions import Kind, Term, compiled
from cases.routing.shadows import Shadow, implies, shadows

TERMS = {
    "a": Term("a", "a", Kind.TEXT),
    "n": Term("n", "n", Kind.NUMBER),
    "t": Term("t", "t", Kind.TEXTS),
}
FACTS = st.fixed_dictionaries(
    {
        "a": st.sampled_from(["x", "y", "z", None]),
        "n": st.sampled_from([Decimal(1), Decimal(2), None]),
        "t": st.lists(st.sampled_from(["x", "y"]), max_size=2) | st.none(),
    }
)
LEAVES = st.one_of(
    st.builds(
        lambda field, operator, value: {"field": field, "is": operator, "value": value},
        st.sampled_from(["a", "t"]),
        st.sampled_from(["is", "is_not", "starts_with"]),
        st.sampled_from(["x", "y"]),
    ),
    st.builds(
        lambda field, operator, value: {"field": field, "is": operator, "value": value},
        st.sampled_from(["a", "t"]),
        st.sampled_from(["in", "not_in"]),
        st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=2),
    ),
    st.builds(
        lambda operator, value: {"field": "n", "is": operator, "value": value},
        st.sampled_from(["is", "at_least", "less_than"]),
        st.sampled_from([1, 2]),
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.lists(part, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        part.map(lambda inner: {"not": inner}),
    ),
    max_leaves=4,
)


def leaf(value, operator="is", field="a"):
    return {"field": field, "is": operator, "value": value}


@given(TREES, TREES, st.lists(FACTS, min_size=1, max_size=10))
def test_what_is_claimed_is_so(one, other, seen):
    if implies(one, other):
        first, second = compiled(one, TERMS), compiled(other, TERMS)
        assert all(second(facts) for facts in seen if first(facts))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (leaf("x"), leaf("x")),
        (leaf("x"), {"all": []}),
        (leaf("x"), leaf(["x", "y"], "in")),
        (leaf(["x"], "in"), leaf(["x", "y"], "in")),
        ({"all": [leaf("x"), leaf(1, "is", "n")]}, leaf("x")),
        ({"any": [leaf("x"), leaf("y")]}, leaf(["x", "y", "z"], "in")),
        (leaf("x"), {"any": [leaf("x"), leaf("y")]}),
    ],
)
def test_a_narrower_condition_is_recognised(one, other):
    assert implies(one, other)


def test_a_rule_behind_one_that_takes_all_is_shadowed():
    rules = [("one", leaf("x")), ("all", {"all": []}), ("two", leaf("y")), ("again", leaf("x"))]

    assert shadows(rules) == [Shadow("two", "all"), Shadow("again", "one")]
