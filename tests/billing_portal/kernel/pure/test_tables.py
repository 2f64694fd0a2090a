import pytest

from billing_portal.kernel.pure.tables import harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_what_begins_a_formula_is_quoted(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "DN-1", "a=b", "1 + 1", " =x"])
def test_everything_else_stays(text):
    assert harmless(text) == text
