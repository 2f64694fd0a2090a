import pytest

from cases.editions.lifecycle import (
    AUTHOR,
    MOVES,
    RELEASE,
    RELEASED,
    EditionState,
    EditionVerb,
    verbs_for,
)

BOTH = frozenset({AUTHOR, RELEASE})


def test_every_verb_has_its_row():
    assert set(MOVES) == set(EditionVerb)


def test_nothing_is_written_once_it_was_in_force():
    leaving = {move.to for move in MOVES.values() if move.from_ & RELEASED}

    assert leaving == {EditionState.SUPERSEDED}


def test_what_comes_into_force_was_approved_first():
    [into_force] = [move for move in MOVES.values() if move.to is EditionState.ACTIVE]

    assert into_force.from_ == {EditionState.APPROVED, EditionState.SCHEDULED}
    assert [verb for verb, move in MOVES.items() if move.to is EditionState.APPROVED] == [
        EditionVerb.APPROVE,
        EditionVerb.POSTPONE,
    ]


@pytest.mark.parametrize("state", EditionState)
def test_nobody_both_writes_and_judges(state):
    writes = set(verbs_for(state, is_author=True, held=BOTH))
    judges = set(verbs_for(state, is_author=False, held=BOTH))

    assert not writes & judges
    assert EditionVerb.APPROVE not in writes
    assert not verbs_for(state, is_author=True, held=frozenset())


def test_an_author_sees_what_a_draft_allows():
    offered = verbs_for(EditionState.DRAFT, is_author=True, held=BOTH)

    assert offered == [EditionVerb.SAVE, EditionVerb.REQUEST_REVIEW, EditionVerb.WITHDRAW]
