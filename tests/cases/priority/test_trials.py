"""The cases of a time replayed by two sets of weights."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection

from cases.actions.books.priority import columns_of, content_of
from cases.priority.models import Band
from cases.priority.queries import weights_in_force
from cases.priority.trials import MOST_TURNS, Turn, replay, served_in, turns_of
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.priority import OverturnRateFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = OPENED + 30 * DAY


@pytest.fixture
def weights():
    return columns_of(content_of(weights_in_force()))


def alike(case, **fields):
    """Another case in the same place, due when nothing runs out."""
    due = {"first_touch_due_at": LATER, "resolve_due_at": LATER}
    return CaseFactory(queue=case.queue, facility=case.facility, **{**due, **fields})


def ranked(cases, *, at):
    """The order in which the ranks serve cases."""
    ids = [case.pk for case in cases]
    asked = "SELECT band, due_at, score, case_id FROM cases_ranked(%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(asked, [ids, at])
        rows = cursor.fetchall()
    assert {band for band, *_ in rows} == {Band.GUARD, Band.SCORE}
    key = {
        row[3]: (row[0], row[1] if row[0] == Band.GUARD else LATER, -row[2], row[3]) for row in rows
    }
    return sorted(key, key=key.get)


def test_a_turn_serves_in_the_order_of_the_ranks(case, weights):
    OverturnRateFactory(category="CODING", rate=Decimal("0.9"))
    cases = [case]
    for number in range(12):
        deadline_at = OPENED + timedelta(hours=number * 18) if number % 3 else None
        cases.append(
            alike(
                case,
                amount_at_risk=Decimal(150) * 2**number,
                category=("AUTH", "CODING", "MED_NECESSITY")[number % 3],
                opened_at=OPENED - number * DAY,
                resolve_due_at=OPENED + (number % 5 - 1) * DAY,
                deadline_at=deadline_at,
                deadline_on=deadline_at and (deadline_at + 3 * DAY).date(),
            )
        )
    turn = Turn(OPENED + timedelta(hours=1), OPENED + DAY)

    found = served_in(turn, weights, quota={case.queue_id: 99}, since=OPENED)

    assert found == ranked(cases, at=turn.begins)


def test_each_queue_serves_as_many_as_it_may_of_those_that_are_free(case, weights):
    first, second, third = (
        alike(case, amount_at_risk=10**power, opened_at=OPENED) for power in (5, 4, 3)
    )
    alike(case, first_touched_at=OPENED - DAY, amount_at_risk=10**6)
    alike(case, opened_at=OPENED + 2 * DAY, amount_at_risk=10**6)
    alike(case, status="resolved", disposition="reversed", resolved_at=OPENED, amount_at_risk=10**6)
    turn = Turn(OPENED, OPENED + DAY)

    found = served_in(
        turn, weights, quota={case.queue_id: 2}, since=OPENED, before=[first.pk, case.pk]
    )

    assert found == [second.pk, third.pk]


def test_money_before_urgency_brings_the_large_case_sooner_and_lets_the_urgent_one_run_out(weights):
    soon = OPENED + timedelta(hours=12)
    small = CaseFactory(
        opened_at=OPENED - DAY,
        amount_at_risk=10,
        first_touch_due_at=LATER,
        resolve_due_at=soon,
        first_touched_at=OPENED + timedelta(hours=2),
    )
    large = alike(
        small,
        opened_at=OPENED - DAY,
        amount_at_risk=100_000,
        first_touched_at=OPENED + timedelta(hours=30),
    )
    only = {"urgency": 0, "money": 0, "age": 0, "escalation": 0}

    found = replay(
        weights | only | {"urgency": 1},
        weights | only | {"money": 1},
        since=OPENED,
        until=OPENED + 2 * DAY,
        days=2,
    )

    told = {each.moves: each for each in found}
    assert (told[1].cases, told[1].largest, told[1].late_after) == (1, large.pk, 0)
    assert (told[-1].cases, told[-1].late_before, told[-1].late_after) == (1, 0, 1)
    assert sum(each.served_after for each in found) == 100_010


def test_the_same_weights_move_nothing(case, weights):
    alike(case, first_touched_at=OPENED + timedelta(hours=2))

    found = replay(weights, weights, since=OPENED - DAY, until=OPENED + DAY, days=2)

    assert {each.moves for each in found} == {0}
    assert sum(each.cases for each in found) == 2


@pytest.mark.parametrize("days", [1, 30, 366])
def test_a_time_is_cut_into_turns_without_a_gap(days):
    turns = turns_of(OPENED, OPENED + days * DAY, days=days)

    assert len(turns) == min(days, MOST_TURNS)
    assert (turns[0].begins, turns[-1].ends) == (OPENED, OPENED + days * DAY)
    assert all(one.ends == other.begins for one, other in pairwise(turns))
