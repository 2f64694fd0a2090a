from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases.work.lifecycle import (
    CLAIMABLE,
    DUE,
    FINISHED,
    MOVES,
    OPEN,
    OWNED,
    SYSTEM_VERBS,
    AlreadyTaken,
    CaseStatus,
    Disposition,
    MoveRefused,
    Verb,
    may,
    plan,
    verbs_for,
)

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
GIVEN = {
    "owner_id": 7,
    "queue_id": 3,
    "first_touch_due_at": NOW,
    "resolve_due_at": NOW,
    "deferred_until": NOW + timedelta(days=1),
    "disposition": Disposition.NOT_A_DENIAL,
}


def standing(status, owner_id=None, touched=None):
    resolved_at = NOW if status in FINISHED else None
    return SimpleNamespace(
        status=status, owner_id=owner_id, first_touched_at=touched, resolved_at=resolved_at
    )


def planned(verb, status, *, owner_id=None, is_person=True, touched=None):
    changes = {name: GIVEN[name] for name in MOVES[verb].needs}
    case = standing(status, owner_id, touched)
    return plan(verb, case, by=7, is_person=is_person, at=NOW, changes=changes)


def test_every_state_is_open_or_finished():
    assert set(CaseStatus) == OPEN | FINISHED
    assert not OPEN & FINISHED
    assert CLAIMABLE | OWNED < OPEN


@given(st.sampled_from(Verb), st.sampled_from(CaseStatus), st.none() | st.just(7))
def test_a_verb_leads_only_where_the_table_says(verb, status, owner_id):
    assume(status not in OWNED or owner_id is not None)
    if not may(verb, status):
        with pytest.raises(MoveRefused):
            planned(verb, status, owner_id=owner_id)
        return
    columns = planned(verb, status, owner_id=owner_id)
    after = columns["status"]

    assert after in {MOVES[verb].target, MOVES[verb].owned_target, status}
    owner = columns.get("owner_id", owner_id)
    assert after not in OWNED or owner is not None
    if after in FINISHED and status not in FINISHED:
        assert columns["resolved_at"] == NOW
        assert columns["disposition"] is not None
    if status in FINISHED and after not in FINISHED:
        assert columns["resolved_at"] is columns["disposition"] is columns["closed_at"] is None
    if status is CaseStatus.DEFERRED and after is not CaseStatus.DEFERRED:
        assert columns["deferred_until"] is None


def test_only_a_persons_touch_counts_and_only_the_first():
    earlier = NOW - timedelta(days=1)

    assert planned(Verb.CLAIM, CaseStatus.NEW)["first_touched_at"] == NOW
    assert planned(Verb.CLAIM, CaseStatus.NEW, is_person=False)["first_touched_at"] is None
    assert planned(Verb.CLAIM, CaseStatus.NEW, touched=earlier)["first_touched_at"] == earlier


def test_a_case_goes_back_from_deferral_to_its_owner_or_to_its_queue():
    assert planned(Verb.RETURN, CaseStatus.DEFERRED)["status"] is CaseStatus.TRIAGED
    assert planned(Verb.RETURN, CaseStatus.DEFERRED, owner_id=7)["status"] is CaseStatus.ASSIGNED


def test_nobody_takes_what_somebody_else_has():
    with pytest.raises(AlreadyTaken):
        planned(Verb.CLAIM, CaseStatus.TRIAGED, owner_id=8)

    assert planned(Verb.CLAIM, CaseStatus.TRIAGED, owner_id=7)["owner_id"] == 7


def test_what_is_needed_must_be_given_and_nothing_else():
    case = standing(CaseStatus.NEW)

    with pytest.raises(MoveRefused, match="disposition"):
        plan(Verb.RESOLVE, case, by=7, is_person=True, at=NOW, changes={})
    changes = {"disposition": Disposition.DUPLICATE, "amount_at_risk": 0}
    with pytest.raises(MoveRefused, match="amount_at_risk"):
        plan(Verb.RESOLVE, case, by=7, is_person=True, at=NOW, changes=changes)


def test_a_move_to_another_queue_needs_its_due_times():
    assert all(MOVES[verb].needs >= DUE for verb in (Verb.TRANSFER, Verb.REOPEN, Verb.ROUTE))


@pytest.mark.parametrize("status", list(CaseStatus))
def test_people_are_offered_what_people_may(status):
    offered = verbs_for(status)

    assert not set(offered) & SYSTEM_VERBS
    assert all(may(verb, status) for verb in offered)
