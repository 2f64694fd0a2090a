"""A sentence and its tree say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.routing.conditions import OPERATORS, SEVERAL, Kind, Operator, compiled
from cases.routing.fields import TERMS
from cases.web.editing.sentences import ALL, ANY, Clause, Sentence, sentence_of, tree_of

WORDS = st.text(alphabet="ABCdef019-", min_size=1, max_size=8)
VALUES = {
    Kind.TEXT: WORDS,
    Kind.CHOICE: WORDS,
    Kind.TEXTS: WORDS,
    Kind.NUMBER: st.integers(0, 99_999).map(str),
    Kind.DATE: st.dates().map(str),
    Kind.YES_NO: st.booleans(),
}


@st.composite
def comparisons(draw):
    term = draw(st.sampled_from(sorted(TERMS.values(), key=lambda term: term.key)))
    operator = draw(st.sampled_from(sorted(OPERATORS[term.kind])))
    values = VALUES[term.kind]
    if operator in SEVERAL:
        value = draw(st.lists(values, min_size=1, max_size=3))
    elif operator == Operator.BETWEEN:
        low, high = ("1", "9") if term.kind is Kind.NUMBER else ("2026-01-01", "2026-02-01")
        value = [low, high]
    else:
        value = draw(values)
    return {"field": term.key, "is": str(operator), "value": value}


@given(
    st.one_of(
        comparisons(),
        st.builds(
            lambda join, parts: {join: parts},
            st.sampled_from([ALL, ANY]),
            st.lists(comparisons(), min_size=2, max_size=4),
        ),
    )
)
def test_what_makes_a_sentence_comes_back_as_it_was(tree):
    sentence = sentence_of(tree)

    assert sentence is not None
    assert tree_of(sentence, TERMS) == tree
    compiled(tree_of(sentence, TERMS), TERMS)


@pytest.mark.parametrize(
    "tree",
    [
        {"not": {"field": "code", "is": "is", "value": "CO-197"}},
        {"all": [{"any": [{"field": "code", "is": "is", "value": "CO-197"}]}]},
        {"all": [], "any": []},
        "nothing",
    ],
)
def test_what_is_nested_makes_none(tree):
    assert sentence_of(tree) is None


def test_a_value_that_is_neither_yes_nor_no_is_left_for_the_check_to_refuse():
    typed = Sentence(ALL, (Clause("is_initial", "is", "perhaps"),))

    assert tree_of(typed, TERMS)["value"] == "perhaps"
