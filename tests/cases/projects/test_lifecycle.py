"""A project's life."""

import pytest

from cases.projects.lifecycle import MOVES, ProjectState, may_become


def test_every_state_says_where_it_leads():
    assert set(MOVES) == set(ProjectState)


@pytest.mark.parametrize("state", ProjectState)
def test_a_closed_project_stays_closed_and_every_other_one_can_be_closed(state):
    assert may_become(state, ProjectState.CLOSED) is (state != ProjectState.CLOSED)
    assert not may_become(ProjectState.CLOSED, state)
