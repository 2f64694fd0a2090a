from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.sla.clock_rules import Ask
from cases.sla.models import ClockEvent, ClockTerms, SlaClock
from cases.sla.services import (
    Asked,
    Place,
    end_many,
    plan_many,
    start_many,
    starts,
    write,
)
from cases.sla.vocabulary import Clock, ClockEffect, ClockState, EventKind, PauseReason, WatchStep
from tests.factories.cases import OPENED, CaseFactory

pytestmark = pytest.mark.django_db
LATER = OPENED + timedelta(hours=1)


def place_of(case):
    return Place(case.queue_id, case.facility_id, case.case_type, case.payer_id)


def opened(number=1, **fields):
    """Cases whose clocks run."""
    cases = CaseFactory.create_batch(number, **fields)
    places = {case.pk: place_of(case) for case in cases}
    started = starts(places=set(places.values()), at=OPENED)
    start_many(opened=places, started=started, at=OPENED)
    return cases


def asked(cases, effect, **said):
    return [Asked(case.pk, Ask(effect, LATER, 2, **said)) for case in cases]


def stands(case, kind=Clock.RESOLVE):
    return SlaClock.objects.filter(case=case, kind=kind).order_by("-run")[0]


def test_a_case_starts_with_a_clock_of_each_kind_and_one_event():
    [case] = opened()

    clocks = SlaClock.objects.filter(case=case).order_by("kind")
    assert [(each.kind, each.state, each.run) for each in clocks] == [
        ("first_touch", "running", 1),
        ("resolve", "running", 1),
    ]
    assert all(each.started_at == OPENED < each.watch_at < each.due_at for each in clocks)
    assert {each.watch_step for each in clocks} == {WatchStep.HALF}
    event = ClockEvent.objects.get(case=case)
    assert (event.kind, event.version, set(event.terms)) == ("start", 1, set(Clock.values))


def test_equal_terms_are_written_once():
    opened(3)

    assert ClockTerms.objects.count() == 2


@pytest.mark.parametrize("number", [1, 25])
def test_starting_and_ending_cost_the_same_queries_for_any_number(number):
    cases = CaseFactory.create_batch(number)
    opened()
    places = {case.pk: place_of(case) for case in cases}
    started = starts(places=set(places.values()), at=OPENED)

    with CaptureQueriesContext(connection) as queries:
        start_many(opened=places, started=started, at=OPENED)
        end_many(
            cases={case.pk: 2 for case in cases},
            endings={Clock.FIRST_TOUCH: EventKind.STOP, Clock.RESOLVE: EventKind.CANCEL},
            at=LATER,
        )

    # the terms, the clocks with their events; the ends with theirs
    assert len(queries) == 3


@pytest.mark.parametrize("number", [1, 25])
def test_pausing_costs_the_same_queries_for_any_number(number):
    cases = opened(number)

    with CaptureQueriesContext(connection) as queries:
        write(plan_many(asked=asked(cases, ClockEffect.PAUSE, reason=PauseReason.PAYER)))

    # events, terms; calendars, holidays; what was told; terms, events, clocks
    assert len(queries) == 8
    assert SlaClock.objects.filter(state=ClockState.PAUSED).count() == number


def test_a_plan_writes_nothing_and_says_the_due_times():
    cases = opened()

    turn = plan_many(asked=asked(cases, ClockEffect.PAUSE, reason=PauseReason.PAYER))

    assert stands(cases[0]).state == ClockState.RUNNING
    assert set(turn.due[cases[0].pk]) == {"resolve_due_at"}
    assert turn.due[cases[0].pk]["resolve_due_at"] > stands(cases[0]).due_at


def test_a_pause_names_its_reason_and_party_and_ends_with_the_clock():
    [case] = opened()
    write(plan_many(asked=asked([case], ClockEffect.PAUSE, reason=PauseReason.INFO)))

    event = ClockEvent.objects.filter(case=case).latest("pk")
    assert (event.kind, event.reason, event.party) == ("pause", "info", "records")
    assert stands(case).pause_reason == "info"
    assert stands(case).watch_step == WatchStep.CAP

    end_many(cases={case.pk: 3}, endings={Clock.RESOLVE: EventKind.STOP}, at=LATER)
    over = stands(case)
    assert (over.state, over.pause_reason, over.watch_at) == (ClockState.MET, None, None)


@pytest.mark.parametrize(("late", "state"), [(0, "met"), (1, "missed")])
def test_what_stops_by_its_due_time_is_met(late, state):
    [case] = opened()
    due = stands(case).due_at

    end_many(
        cases={case.pk: 2},
        endings={Clock.RESOLVE: EventKind.STOP},
        at=due + timedelta(seconds=late),
    )

    assert stands(case).state == state
    assert stands(case, Clock.FIRST_TOUCH).state == ClockState.RUNNING


def test_what_has_ended_does_not_end_again():
    [case] = opened()
    for _ in range(2):
        end_many(cases={case.pk: 2}, endings={Clock.RESOLVE: EventKind.STOP}, at=LATER)

    assert ClockEvent.objects.filter(case=case, kind=EventKind.STOP).count() == 1


def test_an_undo_unmakes_the_runs_that_a_move_made():
    [case] = opened()
    place = place_of(case)._replace(queue_id=CaseFactory().queue_id)
    terms = {
        clock: reading.run.terms
        for clock, reading in starts(places=[place], at=OPENED)[place].readings.items()
    }
    write(plan_many(asked=asked([case], ClockEffect.HANDOVER, terms=terms)))
    assert stands(case, Clock.FIRST_TOUCH).run == 2

    write(plan_many(asked=[Asked(case.pk, Ask(ClockEffect.UNDO, LATER, 3))]))

    first = SlaClock.objects.get(case=case, kind=Clock.FIRST_TOUCH)
    assert (first.run, first.state, first.ended_at) == (1, ClockState.RUNNING, None)
