"""How large a sample is, and that anybody can draw it again."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.types.small_balance.sampling import sample, sample_size

FIVE = Decimal("0.05")


@pytest.mark.parametrize(
    ("population", "size"), [(1, 1), (19, 1), (20, 1), (21, 2), (40, 2), (41, 3), (500, 25)]
)
def test_five_in_a_hundred_are_rounded_up(population, size):
    assert sample_size(population, FIVE) == size


@given(st.integers(1, 500), st.text(min_size=1))
def test_the_same_seed_draws_the_same_whatever_the_order(population, seed):
    amounts = {key: Decimal("4.00") for key in range(population)}
    backwards = dict(reversed(amounts.items()))

    drawn = sample(amounts, share=FIVE, seed=seed)

    assert drawn == sample(backwards, share=FIVE, seed=seed)
    assert len(drawn) == sample_size(population, FIVE)
    assert drawn <= amounts.keys()
