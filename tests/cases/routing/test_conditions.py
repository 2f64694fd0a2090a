from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.routing.conditions import ConditionRefused, Kind, Term, compiled, fields_of

TERMS = {
    term.key: term
    for term in (
        Term("payer", "payer", Kind.TEXT),
        Term("state", "state", Kind.CHOICE, choices=("open", "shut")),
        Term("amount", "amount", Kind.NUMBER),
        Term("day", "day", Kind.DATE),
        Term("known", "known", Kind.YES_NO),
        Term("remarks", "remarks", Kind.TEXTS),
    )
}


def holds(field, operator, value, fact):
    return compiled({"field": field, "is": operator, "value": value}, TERMS)({field: fact})


@pytest.mark.parametrize(
    ("field", "operator", "value", "fact", "expected"),
    [
        ("payer", "is", "a", "a", True),
        ("payer", "is", "a", None, False),
        ("payer", "is_not", "a", None, True),
        ("payer", "in", ["a", "b"], "b", True),
        ("payer", "not_in", ["a", "b"], "b", False),
        ("payer", "starts_with", "ab", "abc", True),
        ("payer", "starts_with", "ab", None, False),
        ("state", "is", "open", "open", True),
        ("amount", "at_least", "100.00", Decimal(100), True),
        ("amount", "at_least", "100.01", Decimal(100), False),
        ("amount", "less_than", 100, Decimal(100), False),
        ("amount", "less_than", 100, None, False),
        ("amount", "between", [10, 20], Decimal(10), True),
        ("amount", "between", [10, 20], Decimal(20), False),
        ("day", "at_least", "2026-01-01", date(2026, 1, 1), True),
        ("day", "less_than", "2026-01-01", date(2026, 1, 1), False),
        ("known", "is", True, True, True),
        ("known", "is", False, None, False),
        ("remarks", "is", "MA130", ["N29", "MA130"], True),
        ("remarks", "is_not", "MA130", ["N29", "MA130"], False),
        ("remarks", "in", ["N29"], [], False),
        ("remarks", "not_in", ["N29"], None, True),
        ("remarks", "starts_with", "MA", ["N29", "MA01"], True),
    ],
)
def test_a_comparison_holds(field, operator, value, fact, expected):
    assert holds(field, operator, value, fact) is expected


def test_trees_combine():
    tree = {
        "all": [
            {"field": "known", "is": "is", "value": True},
            {
                "any": [
                    {"field": "amount", "is": "at_least", "value": "500"},
                    {"not": {"field": "payer", "is": "is", "value": "a"}},
                ]
            },
        ]
    }
    test = compiled(tree, TERMS)

    assert test({"known": True, "amount": Decimal(500), "payer": "a"})
    assert test({"known": True, "amount": Decimal(5), "payer": "b"})
    assert not test({"known": True, "amount": Decimal(5), "payer": "a"})
    assert not test({"known": False, "amount": Decimal(500), "payer": "b"})
    assert fields_of(tree) == {"known", "amount", "payer"}


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        ({}, "must be"),
        ([], "must be"),
        ({"all": []} | {"any": []}, "must be"),
        ({"any": []}, "must be"),
        ({"field": "payer", "is": "is"}, "must be"),
        ({"field": "pyer", "is": "is", "value": "a"}, "not a field"),
        ({"field": "payer", "is": "at_least", "value": "a"}, "it takes"),
        ({"field": "payer", "is": "is", "value": 3}, "no text"),
        ({"field": "payer", "is": "in", "value": []}, "a list"),
        ({"field": "amount", "is": "is", "value": 1.5}, "no number"),
        ({"field": "amount", "is": "is", "value": True}, "no number"),
        ({"field": "amount", "is": "between", "value": [2, 1]}, "lower"),
        ({"field": "day", "is": "is", "value": "yesterday"}, "no date"),
        ({"field": "known", "is": "is", "value": "yes"}, "no yes/no"),
        ({"field": "state", "is": "is", "value": "ajar"}, "cannot be"),
        (
            {"all": [{"not": {"field": "pyer", "is": "is", "value": "a"}}]},
            r"condition\.all\[0\]\.not ",
        ),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(tree, says):
    with pytest.raises(ConditionRefused, match=says):
        compiled(tree, TERMS)


def test_endless_nesting_is_refused():
    tree = {"field": "known", "is": "is", "value": True}
    for _ in range(20):
        tree = {"not": tree}

    with pytest.raises(ConditionRefused, match="deep"):
        compiled(tree, TERMS)


leaves = st.booleans().map(lambda value: {"field": "known", "is": "is", "value": value})
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts})
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts})
        | inner.map(lambda part: {"not": part})
    ),
    max_leaves=6,
)


def depth(tree):
    inner = tree.get("all") or tree.get("any") or ([tree["not"]] if "not" in tree else [])
    return 1 + max(map(depth, inner), default=0)


def value(tree, known):
    if "all" in tree:
        return all(value(part, known) for part in tree["all"])
    if "any" in tree:
        return any(value(part, known) for part in tree["any"])
    if "not" in tree:
        return not value(tree["not"], known)
    return tree["value"] is known


@given(trees.filter(lambda tree: depth(tree) < 8), st.booleans())
def test_a_tree_means_what_its_parts_mean(tree, known):
    assert compiled(tree, TERMS)({"known": known}) is value(tree, known)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda i: (
            st.lists(i, max_size=3)
            | st.dictionaries(
                st.sampled_from(["all", "any", "not", "field", "is", "value", "x"]), i, max_size=3
            )
        ),
    )
)
def test_anything_else_is_refused_and_never_breaks(tree):
    with suppress(ConditionRefused):
        compiled(tree, TERMS)
