"""Who holds what, read from what was given."""

import pytest

from cases.joining.shares import (
    REST,
    Gift,
    Share,
    Shares,
    claim_of,
    is_home,
    named,
    part_key,
    shares,
    told,
)

HOME = "denial:1"
PART = "denial:1/7.2"
OTHER = "denial:2"


def test_a_claim_without_gifts_is_its_own_cases():
    none = Shares()

    assert none.holder(1, "line|a|1", home=HOME) == HOME
    assert none.held_by(HOME) == [Share(1, REST)]
    assert not none.is_divided(1)


def test_the_newest_gift_holds_and_the_rest_is_what_nobody_else_was_given():
    held = shares(
        [
            Gift(Share(1, "a"), PART, 1),
            Gift(Share(1, REST), OTHER, 2),
            Gift(Share(1, "a"), OTHER, 2),
            Gift(Share(1, "b"), PART, 1),
        ]
    )

    assert held.holder(1, "a", home=HOME) == OTHER
    assert held.holder(1, "b", home=HOME) == PART
    assert held.holder(1, "new", home=HOME) == OTHER
    assert held.holder(2, "any", home=OTHER) == OTHER
    assert held.held_by(HOME) == []
    assert held.held_by(PART) == [Share(1, "b")]
    assert held.held_by(OTHER) == [Share(1, REST), Share(1, "a"), Share(2, REST)]
    assert held.holders_of(1, home=HOME) == [PART, OTHER]
    assert held.claims == {1, 2}
    assert held.is_divided(1)
    assert not held.is_divided(2)


def test_a_part_keeps_the_claim_in_its_key():
    assert part_key(HOME, "7.2") == PART
    assert part_key(PART, "9.1") == "denial:1/9.1"
    assert (claim_of(PART), claim_of(OTHER)) == (1, 2)
    assert is_home(HOME)
    assert not is_home(PART)


def test_parts_are_named_and_told_back():
    share = Share(3, "line|99285||0450|1")

    assert told([named(share)]) == [share]
    with pytest.raises(ValueError, match="invalid literal"):
        told(["nonsense"])
