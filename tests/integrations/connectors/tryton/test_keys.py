"""Our key in front of a text."""

import pytest

from integrations.connectors.tryton.keys import key_in, marked, under

KEY = "0123456789abcdef" * 2


@pytest.mark.parametrize("text", ["Denial write-off", ""])
def test_a_marked_text_gives_its_key_back(text):
    assert key_in(marked(KEY, text)) == KEY
    assert under(KEY, "description") == [["description", "like", f"{KEY}%"]]


@pytest.mark.parametrize("text", [None, "", "Rent", f"see {KEY}", f"{KEY}0", KEY.upper()])
def test_a_text_of_somebody_else_has_none(text):
    assert key_in(text) == ""
