"""Masks tell two people of one list apart and give neither away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.canonical.masking import HIDDEN, masked_name, masked_number


@pytest.mark.parametrize(
    ("family", "given_name", "shown"),
    [
        ("Doe", "jane", "D•••, J•••"),
        ("Doe", "", "D•••"),
        ("", "Jane", "J•••"),
        ("", "", ""),
    ],
)
def test_a_name_shows_its_initials_alone(family, given_name, shown):
    assert masked_name(family_name=family, given_name=given_name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("", ""), ("4471", HIDDEN), ("1234567", HIDDEN), ("12344471", f"{HIDDEN}4471")],
)
def test_a_number_shows_its_end_only_when_more_is_hidden_than_shown(number, shown):
    assert masked_number(number) == shown


@given(st.text(alphabet="ABCDEFGHIJ0123456789", min_size=1, max_size=30))
def test_no_mask_of_a_number_shows_half_of_it_or_tells_its_length(number):
    shown = masked_number(number).removeprefix(HIDDEN)

    assert len(shown) <= len(number) / 2
    assert len(masked_number(number)) in {len(HIDDEN), len(HIDDEN) + 4}
