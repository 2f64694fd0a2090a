import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.editions.differences import Difference, Said, difference_of
from cases.editions.entries import Entry

KEYS = st.permutations("abcdefg").flatmap(
    lambda keys: st.integers(0, 7).map(lambda length: "".join(keys[:length]))
)


def rows(text, **says):
    return [Entry(key, key.upper(), {"Goes to": says.get(key, "triage")}) for key in text]


def keys(entries):
    return "".join(entry.key for entry in entries)


def test_what_is_added_removed_and_changed_is_said_in_words():
    found = difference_of(rows("abd", b="coding"), rows("abc"))

    assert (keys(found.added), keys(found.removed)) == ("d", "c")
    [changed] = found.changed
    assert (changed.title, changed.says) == ("B", (Said("Goes to", "triage", "coding"),))


def test_another_name_is_a_change():
    [changed] = difference_of([Entry("a", "New")], [Entry("a", "Old")]).changed

    assert changed.says == (Said("Name", "Old", "New"),)


@pytest.mark.parametrize(
    ("new", "old", "moved"),
    [("abc", "abc", ""), ("cab", "abc", "c"), ("xabc", "abc", ""), ("bca", "abc", "a")],
)
def test_as_few_rows_as_explain_the_order_have_moved(new, old, moved):
    assert keys(difference_of(rows(new), rows(old)).moved) == moved


@given(KEYS, KEYS)
def test_rows_that_did_not_move_keep_their_order(new, old):
    found = difference_of(rows(new), rows(old))

    kept = [key for key in old if key in new and key not in keys(found.moved)]
    assert kept == [key for key in new if key in kept]


@given(KEYS)
def test_the_same_rows_differ_in_nothing(text):
    assert difference_of(rows(text), rows(text)) == Difference()
    assert difference_of(rows(text), rows(text)).is_empty
