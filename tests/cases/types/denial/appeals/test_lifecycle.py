import pytest

from cases.types.denial.appeals.lifecycle import (
    IN_FLIGHT,
    MOVES,
    OPEN,
    PREPARING,
    AppealMoveRefused,
    AppealStatus,
    AppealVerb,
    after,
    may,
    verbs_for,
)


def test_every_state_is_open_or_decided():
    assert set(AppealStatus) == OPEN | {AppealStatus.DECIDED}
    assert not PREPARING & IN_FLIGHT


@pytest.mark.parametrize("verb", AppealVerb)
@pytest.mark.parametrize("status", AppealStatus)
def test_a_verb_leads_only_where_the_table_says(verb, status):
    if may(verb, status):
        assert after(verb, status) is MOVES[verb].target
    else:
        with pytest.raises(AppealMoveRefused, match=status.label):
            after(verb, status)


def test_nothing_follows_a_decision():
    assert verbs_for(AppealStatus.DECIDED) == []


def test_only_what_is_attested_can_be_sent():
    sources = [status for status in AppealStatus if may(AppealVerb.SUBMIT, status)]

    assert sources == [AppealStatus.READY]


def test_whatever_leads_back_to_the_draft_voids_what_was_attested():
    back = {verb for verb, move in MOVES.items() if move.target is AppealStatus.DRAFT}

    assert back == {verb for verb, move in MOVES.items() if move.voids}


def test_every_state_can_be_reached_from_the_draft():
    reached = {AppealStatus.DRAFT}
    for _ in AppealStatus:
        reached |= {after(verb, status) for status in reached for verb in verbs_for(status)}

    assert reached == set(AppealStatus)
