from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cases.bulk.models import BulkVerb, Why
from cases.bulk.rules import MOVES, SAID, STUCK_ON, Reach, Standing, Terms, judge
from cases.work.lifecycle import CaseStatus, Disposition

MINE = Reach(frozenset({1, 2}), frozenset({7}), frozenset({1}))
TERMS = Terms(
    verb=BulkVerb.ASSIGN,
    reach=MINE,
    owner_id=5,
    owner=MINE,
    queue_id=2,
    disposition=Disposition.DUPLICATE,
    dispositions={"denial": (Disposition.DUPLICATE,)},
)
CASE = Standing(1, 7, "denial", CaseStatus.IN_WORK, 9, 3, is_busy=False)


@pytest.mark.parametrize(
    ("differs", "why"),
    [
        ({}, Why.NONE),
        ({"queue_id": 8}, Why.UNSEEN),
        ({"facility_id": 8}, Why.UNSEEN),
        ({"queue_id": 2}, Why.PERMISSION),
        ({"version": 4}, Why.STALE),
        ({"status": CaseStatus.PENDING_APPROVAL}, Why.APPROVAL),
        ({"status": CaseStatus.RESOLVED}, Why.STATE),
        ({"is_busy": True}, Why.BUSY),
        ({"owner_id": 5, "status": CaseStatus.ASSIGNED}, Why.ALREADY),
        ({"case_type": "remittance_exception"}, Why.DISPOSITION),
    ],
)
def test_a_case_is_left_for_the_first_reason_that_holds(differs, why):
    assert judge(TERMS, replace(CASE, **differs), 3) is why


def test_the_new_owner_must_work_where_the_case_stands():
    nobody = Reach(frozenset(), frozenset(), frozenset())
    elsewhere = Reach(frozenset({1}), frozenset({8}), frozenset({1}))

    for owner in (nobody, elsewhere):
        assert judge(replace(TERMS, owner=owner), CASE, 3) is Why.OWNER


def test_where_the_next_is_given_only_ones_own_case_is_given_on():
    terms = replace(TERMS, by_id=9, given=frozenset({1}))

    assert judge(terms, CASE, 3) is Why.NONE
    assert judge(replace(terms, by_id=4), CASE, 3) is Why.PICK
    assert judge(replace(terms, by_id=4, given=frozenset({2})), CASE, 3) is Why.NONE


@pytest.mark.parametrize(("hours", "why"), [(-1, Why.DEADLINE), (0, Why.NONE), (1, Why.NONE)])
def test_no_case_sleeps_past_its_deadline(hours, why):
    until = datetime(2026, 3, 9, 8, tzinfo=UTC)
    terms = replace(TERMS, verb=BulkVerb.DEFER, owner=None, disposition=None, until=until)

    assert judge(terms, replace(CASE, deadline_at=until + timedelta(hours=hours)), 3) is why
    assert judge(terms, CASE, 3) is Why.NONE


def test_a_case_is_not_moved_to_where_it_is():
    terms = replace(TERMS, verb=BulkVerb.TRANSFER, queue_id=1)

    assert judge(terms, CASE, 3) is Why.ALREADY


@pytest.mark.parametrize(
    ("differs", "why"),
    [
        ({"version": 4, "status": CaseStatus.CLOSED, "is_busy": True}, Why.NONE),
        ({"facility_id": 8}, Why.UNSEEN),
        ({"queue_id": 2}, Why.PERMISSION),
        ({"is_so": True}, Why.ALREADY),
    ],
)
def test_a_label_needs_work_in_the_queue(differs, why):
    terms = replace(TERMS, verb=BulkVerb.LABEL, labelled=frozenset({1}))

    assert judge(terms, replace(CASE, **differs), 3) is why
    assert judge(replace(terms, labelled=frozenset({2})), CASE, 3) is Why.LABEL


def test_a_comment_needs_sight_alone():
    terms = replace(TERMS, verb=BulkVerb.COMMENT)

    assert judge(terms, replace(CASE, version=4, status=CaseStatus.CLOSED), 3) is Why.NONE
    assert judge(terms, replace(CASE, queue_id=8), 3) is Why.UNSEEN


def test_every_verb_moves_or_says():
    assert set(MOVES) | SAID | STUCK_ON == set(BulkVerb)
    assert not set(MOVES) & (SAID | STUCK_ON)
