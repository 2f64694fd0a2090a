"""The sample: reproducible by its seed, fair by the case and by the dollar."""

from collections import Counter
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cases.quality.sampling import Method, Unit, draw

UNITS = [Unit(pk, Decimal(100)) for pk in range(1, 41)]
AMOUNTS = st.lists(st.integers(0, 10**7), max_size=60)


@given(AMOUNTS, st.text(max_size=10), st.randoms(use_true_random=False))
def test_the_same_cases_and_seed_give_the_same_sample_in_any_order(amounts, seed, rng: Random):
    units = [Unit(pk, Decimal(cents) / 100) for pk, cents in enumerate(amounts)]
    shuffled = rng.sample(units, len(units))

    found = draw(units, seed=seed)

    assert found == draw(shuffled, seed=seed)
    assert len({each.case_id for each in found}) == len(found) <= min(len(units), 6)


def test_another_seed_gives_another_sample():
    assert draw(UNITS, seed="a") != draw(UNITS, seed="b")


def test_a_case_of_a_whole_interval_is_always_among_them():
    units = [*UNITS, Unit(99, Decimal(1_000_000))]

    for seed in range(50):
        assert 99 in {each.case_id for each in draw(units, seed=str(seed))}


def test_by_the_dollar_a_larger_case_is_as_much_more_likely():
    units = [Unit(pk, Decimal(300 if pk == 1 else 100)) for pk in range(1, 61)]
    times = Counter(
        each.case_id
        for seed in range(3_000)
        for each in draw(units, seed=str(seed), by_chance=0, by_dollar=2)
    )

    others = sum(times[pk] for pk in range(2, 61)) / 59
    assert 2.4 < times[1] / others < 3.6


def test_by_chance_every_case_is_as_likely():
    times = Counter(
        each.case_id
        for seed in range(2_000)
        for each in draw(UNITS, seed=str(seed), by_chance=4, by_dollar=0)
    )

    assert all(130 < times[unit.case_id] < 280 for unit in UNITS)


def test_nothing_finished_draws_nothing_and_nothing_at_stake_only_by_chance():
    assert draw([], seed="a") == []
    free = [Unit(pk, Decimal(0)) for pk in range(5)]
    assert {each.method for each in draw(free, seed="a")} == {Method.CHANCE}
