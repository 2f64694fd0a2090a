"""What is done to the rows of a content leaves the content as it was and the rest in place."""

import pytest

from billing_portal.kernel.pure.registry import NotInstalled
from cases.web.editing.sheets import SHEETS, Place, sheet_of

CONTENT = {"rules": [{"key": "a"}, {"key": "b"}, {"key": "c"}], "other": 1}
RULES = sheet_of("routing", "rules")


def keys(content):
    return [row["key"] for row in content["rules"]]


def test_a_row_is_changed_where_it_stands():
    changed = Place(RULES, 1).put(CONTENT, {"key": "x"})

    assert keys(changed) == ["a", "x", "c"]
    assert changed["other"] == 1
    assert keys(CONTENT) == ["a", "b", "c"]


def test_a_new_row_stands_last():
    assert keys(Place(RULES, 3).put(CONTENT, {"key": "x"})) == ["a", "b", "c", "x"]
    assert Place(RULES, 3).row_in(CONTENT) is None


def test_a_row_is_taken_out():
    assert keys(Place(RULES, 0).without(CONTENT)) == ["b", "c"]


@pytest.mark.parametrize(
    ("at", "by", "order"),
    [(0, 1, "bac"), (2, -1, "acb"), (0, -1, "abc"), (2, 1, "abc")],
)
def test_a_row_moves_and_stops_at_the_ends(at, by, order):
    assert "".join(keys(Place(RULES, at).moved(CONTENT, by=by))) == order


def test_every_book_names_its_lists_and_no_other():
    assert {name for sheets in SHEETS.values() for name in (sheet.rows for sheet in sheets)}
    with pytest.raises(NotInstalled):
        sheet_of("routing", "nothing")
    with pytest.raises(NotInstalled):
        sheet_of("nothing", "rules")
