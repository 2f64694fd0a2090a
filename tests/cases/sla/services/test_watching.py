from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.sla.clock_rules import Ask
from cases.sla.models import ClockEvent, SlaClock
from cases.sla.services import Asked, look, plan_many, recount_many, write
from cases.sla.vocabulary import Clock, ClockEffect, ClockState, PauseReason, WatchStep
from tests.cases.sla.services.test_clocks import LATER, opened, stands

pytestmark = pytest.mark.django_db


def test_nothing_is_to_be_told_before_its_moment():
    [case] = opened()

    assert look(at=stands(case, Clock.FIRST_TOUCH).watch_at - timedelta(seconds=1)) == (0, [])


def test_each_step_is_told_once_and_of_several_only_the_highest():
    [case] = opened()
    first = stands(case, Clock.FIRST_TOUCH)

    looked, [seen] = look(at=first.watch_at)
    assert (looked, seen.case, seen.clock, seen.step) == (
        1,
        case,
        Clock.FIRST_TOUCH,
        WatchStep.HALF,
    )
    assert look(at=first.watch_at) == (0, [])

    _, told = look(at=stands(case).due_at)
    assert {(each.clock, each.step) for each in told} == {
        (Clock.FIRST_TOUCH, WatchStep.ALL),
        (Clock.RESOLVE, WatchStep.ALL),
    }
    assert not SlaClock.objects.filter(watch_at__isnull=False).exists()


def test_a_pause_at_its_longest_ends_by_itself():
    [case] = opened()
    asked = Ask(ClockEffect.PAUSE, LATER, 2, reason=PauseReason.PAYER)
    write(plan_many(asked=[Asked(case.pk, asked)]))
    paused = stands(case)
    look(at=paused.watch_at - timedelta(seconds=1))

    _, told = look(at=paused.watch_at)

    assert [(each.step, each.waited_for) for each in told] == [(WatchStep.CAP, PauseReason.PAYER)]
    after = stands(case)
    assert (after.state, after.due_at) == (ClockState.RUNNING, paused.due_at)
    assert ClockEvent.objects.filter(case=case).latest("pk").kind == "resume"
    assert recount_many(case_ids=[case.pk], at=LATER).changed == frozenset()


@pytest.mark.parametrize("number", [1, 25])
def test_looking_costs_the_same_queries_for_any_number(number):
    cases = opened(number)
    at = stands(cases[0], Clock.FIRST_TOUCH).watch_at

    with CaptureQueriesContext(connection) as queries:
        assert look(at=at)[0] == number

    # a savepoint and its end; the clocks, their cases; events, terms; calendars, holidays;
    # what was told; terms, clocks
    assert len(queries) == 11
