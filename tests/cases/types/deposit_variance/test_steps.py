from cases.types.deposit_variance.steps import LAST, STEPS, steps_for
from cases.types.deposit_variance.vocabulary import Gap


def test_every_gap_has_its_steps_and_they_end_by_themselves():
    assert set(STEPS) == set(Gap)
    assert all(steps_for({"gap": gap.value})[-1] == LAST for gap in Gap)


def test_what_ties_needs_none():
    assert steps_for({"gap": ""}) == []
