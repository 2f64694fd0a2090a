from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.sla.clock_rules import Ask, Event, Terms, answer, live, runs_of, standing
from cases.sla.vocabulary import Clock, ClockEffect, EventKind, PauseReason, Unit

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TWO_DAYS = Terms(2, Unit.BUSINESS_DAYS, 1, "America/Chicago")
TEN_DAYS = Terms(
    10, Unit.BUSINESS_DAYS, 1, "America/Chicago", frozenset({PauseReason.PAYER, PauseReason.INFO})
)
FIVE_DAYS = Terms(5, Unit.BUSINESS_DAYS, 1, "America/Chicago")
BOTH = {Clock.FIRST_TOUCH: TWO_DAYS, Clock.RESOLVE: TEN_DAYS}
OPENED = Event(EventKind.START, MONDAY, terms=BOTH, version=1)


def told(*asks, events=(OPENED,)):
    """The events after some moves; each is an effect and what else it says."""
    events = list(events)
    for number, (effect, said) in enumerate(asks):
        ask = Ask(effect, MONDAY + (number + 1) * HOUR, number + 2, **said)
        events += answer(events, ask)
    return events


def kinds(events):
    return [event.kind for event in events]


def test_a_start_is_a_run_of_each_clock():
    runs = runs_of([OPENED])

    assert [(run.clock, run.number, run.started_at, run.is_live) for run in runs] == [
        (Clock.FIRST_TOUCH, 1, MONDAY, True),
        (Clock.RESOLVE, 1, MONDAY, True),
    ]


def test_a_wait_pauses_what_its_terms_let_pause():
    events = told((ClockEffect.PAUSE, {"reason": PauseReason.PAYER}))
    running = live(runs_of(events))

    assert kinds(events) == ["start", "pause"]
    assert running[Clock.FIRST_TOUCH].pause is None
    assert running[Clock.RESOLVE].pause.reason is PauseReason.PAYER


def test_a_reason_that_does_not_pause_adds_nothing():
    events = told((ClockEffect.PAUSE, {"reason": PauseReason.DEFERRED}))

    assert kinds(events) == ["start"]


def test_waiting_for_another_reason_ends_the_first_pause():
    payer, info = ({"reason": each} for each in (PauseReason.PAYER, PauseReason.INFO))
    events = told((ClockEffect.PAUSE, payer), (ClockEffect.PAUSE, payer), (ClockEffect.PAUSE, info))

    assert kinds(events) == ["start", "pause", "resume", "pause"]
    first, second = live(runs_of(events))[Clock.RESOLVE].pauses
    assert (first.ends, second.begins, second.ends) == (MONDAY + 3 * HOUR, first.ends, None)


def test_a_deferral_that_does_not_pause_ends_a_pause():
    events = told(
        (ClockEffect.PAUSE, {"reason": PauseReason.PAYER}),
        (ClockEffect.PAUSE, {"reason": PauseReason.DEFERRED}),
    )

    assert kinds(events) == ["start", "pause", "resume"]


def test_going_on_without_a_pause_adds_nothing():
    assert kinds(told((ClockEffect.RESUME, {}))) == ["start"]


def test_a_new_target_is_a_new_run_with_the_same_start_and_pauses():
    events = told(
        (ClockEffect.PAUSE, {"reason": PauseReason.PAYER}),
        (ClockEffect.RESUME, {}),
        (ClockEffect.RETARGET, {"terms": BOTH | {Clock.RESOLVE: FIVE_DAYS}}),
    )
    before, after = (run for run in runs_of(events) if run.clock is Clock.RESOLVE)

    assert (before.is_cancelled, before.ended_at) == (True, MONDAY + 3 * HOUR)
    assert (after.number, after.terms, after.started_at) == (2, FIVE_DAYS, MONDAY)
    assert [(each.begins, each.ends) for each in after.pauses] == [
        (MONDAY + HOUR, MONDAY + 2 * HOUR)
    ]


def test_new_facts_give_a_waiting_clock_a_new_target_and_let_it_wait():
    events = told(
        (ClockEffect.PAUSE, {"reason": PauseReason.PAYER}),
        (ClockEffect.REMEASURE, {"terms": BOTH | {Clock.RESOLVE: FIVE_DAYS}}),
    )

    assert "resume" not in kinds(events)
    resolve = live(runs_of(events))[Clock.RESOLVE]
    assert (resolve.terms, resolve.pause is None) == (FIVE_DAYS, False)


def test_the_same_target_again_is_no_new_one():
    assert kinds(told((ClockEffect.RETARGET, {"terms": BOTH}))) == ["start"]


def test_a_handover_owes_a_first_touch_from_now_and_the_rest_as_it_was():
    events = told(
        (ClockEffect.PAUSE, {"reason": PauseReason.PAYER}),
        (ClockEffect.HANDOVER, {"terms": BOTH | {Clock.RESOLVE: FIVE_DAYS}}),
    )
    running = live(runs_of(events))

    assert kinds(events) == ["start", "pause", "resume", "start", "retarget"]
    assert running[Clock.FIRST_TOUCH].started_at == MONDAY + 2 * HOUR
    assert running[Clock.RESOLVE].started_at == MONDAY
    assert running[Clock.RESOLVE].pause is None


def test_what_has_no_clocks_starts_them_when_it_is_handed_over():
    events = told((ClockEffect.HANDOVER, {"terms": BOTH}), events=())

    assert kinds(events) == ["start"]


def test_a_case_that_ended_and_comes_back_starts_anew():
    ended = [OPENED, Event(EventKind.STOP, MONDAY + HOUR, version=2)]

    events = told((ClockEffect.START, {"terms": BOTH}), events=ended)

    assert [(run.clock, run.number) for run in live(runs_of(events)).values()] == [
        (Clock.FIRST_TOUCH, 2),
        (Clock.RESOLVE, 2),
    ]


def test_a_counted_anew_clock_may_have_another_calendar():
    moved = Terms(10, Unit.BUSINESS_DAYS, 2, "America/Denver")
    recount = Event(EventKind.RECOMPUTE, MONDAY + HOUR, terms={Clock.RESOLVE: moved})

    runs = runs_of([OPENED, recount])

    assert [(run.number, run.terms) for run in runs] == [(1, TWO_DAYS), (1, moved)]


def test_an_undo_takes_back_what_a_version_did_and_can_be_taken_back():
    stop = Event(EventKind.STOP, MONDAY + HOUR, version=2)
    undo = Event(EventKind.UNDO, MONDAY + 2 * HOUR, version=3, undoes=2)
    redo = Event(EventKind.UNDO, MONDAY + 3 * HOUR, version=4, undoes=3)

    assert set(live(runs_of([OPENED, stop, undo]))) == set(Clock)
    assert live(runs_of([OPENED, stop, undo, redo])) == {}
    assert standing([OPENED, stop, undo]) == [OPENED, undo]


@pytest.mark.parametrize("added", [0, 1])
def test_an_undo_is_asked_only_where_clocks_followed(added):
    stop = Event(EventKind.STOP, MONDAY + HOUR, version=2 + added)

    found = answer([OPENED, stop], Ask(ClockEffect.UNDO, MONDAY + 2 * HOUR, 3))

    assert kinds(found) == ([] if added else ["undo"])


asks = st.lists(
    st.one_of(
        st.tuples(
            st.just(ClockEffect.PAUSE),
            st.fixed_dictionaries({"reason": st.sampled_from(PauseReason)}),
        ),
        st.tuples(
            st.sampled_from([ClockEffect.RESUME, ClockEffect.UNDO]),
            st.just({}),
        ),
        st.tuples(
            st.sampled_from([ClockEffect.START, ClockEffect.HANDOVER, ClockEffect.RETARGET]),
            st.fixed_dictionaries(
                {
                    "terms": st.fixed_dictionaries(
                        {
                            Clock.FIRST_TOUCH: st.just(TWO_DAYS),
                            Clock.RESOLVE: st.sampled_from([TEN_DAYS, FIVE_DAYS]),
                        }
                    )
                }
            ),
        ),
    ),
    max_size=12,
)


@given(asks)
def test_of_each_clock_one_runs_at_most_and_its_pauses_follow_each_other(moves):
    runs = runs_of(told(*moves))
    running = [run.clock for run in runs if run.is_live]

    assert len(running) == len(set(running))
    assert len({(run.clock, run.number) for run in runs}) == len(runs)
    for run in runs:
        ends = [pause.ends for pause in run.pauses]
        assert None not in ends[:-1]
        marks = [mark for pause in run.pauses for mark in (pause.begins, pause.ends) if mark]
        assert marks == sorted(marks)


@given(asks)
def test_an_undo_leads_back_to_where_the_clocks_were(moves):
    *before, last = moves or [(ClockEffect.RESUME, {})]
    if last[0] is ClockEffect.UNDO:
        last = (ClockEffect.START, {"terms": BOTH})

    assert runs_of(told(*before, last, (ClockEffect.UNDO, {}))) == runs_of(told(*before))
