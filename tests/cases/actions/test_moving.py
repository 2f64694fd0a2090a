from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_portal.access.actor import system_actor
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import moving, opening, undoing, working
from cases.sla.clock_rules import runs_of
from cases.sla.models import ClockEvent, SlaClock
from cases.sla.services import recount_many
from cases.sla.services.clocks import DUE_COLUMNS, events_of, key_of, read_runs
from cases.sla.vocabulary import Clock, ClockState
from cases.work.lifecycle import MOVES, CaseStatus, Disposition, MoveRefused, Verb
from cases.work.models import Case, Queue
from cases.work.services import Wanted
from tests.factories.cases import OPENED, CalendarFactory, CaseFactory
from tests.factories.findings import finding
from tests.factories.integrations import ClaimFactory
from tests.factories.people import granted

HOUR = timedelta(hours=1)


def test_every_verb_says_what_clocks_do():
    assert set(moving.CLOCKS) == set(Verb) == set(MOVES)


def test_a_case_is_moved_as_the_table_of_moves_says(case, worker):
    given = {"case": case, "verb": Verb.RESOLVE, "by": worker, "reason": "Done", "at": OPENED}

    with pytest.raises(MoveRefused):
        moving.move(**given, seen_version=1)
    assert Case.objects.get(pk=case.pk).version == 1

    done = moving.move(**given, seen_version=1, disposition=Disposition.DUPLICATE)
    assert (done.status, done.version) == (CaseStatus.RESOLVED, 2)


def test_many_cases_are_moved_by_one_verb(case, worker):
    other = CaseFactory(queue=case.queue, facility=case.facility)
    wanted = [
        Wanted(each.pk, "Yours", {"owner_id": worker.pk}, seen_version=1) for each in (case, other)
    ]

    moved = moving.move_many(wanted=wanted, verb=Verb.ASSIGN, by=worker, at=OPENED)

    assert [each.owner for each in moved] == [worker, worker]


def opened():
    """A case with its clocks, and somebody who works it and its neighbour queue."""
    found = finding(claim=ClaimFactory())
    [written] = opening.open_many(findings=[found], at=OPENED)
    case = Case.objects.get(pk=written.case_id)
    queues = [case.queue, Queue.objects.get(key="coding")]
    return case, granted(queues=queues, facilities=[case.facility])


def done(case, worker, verb, at, **changes):
    case.refresh_from_db()
    given = {"reason": "For a test", "at": at, "seen_version": case.version}
    return moving.move(case=case, verb=verb, by=worker, **given, **changes)


def undone(case, worker, at):
    case.refresh_from_db()
    return undoing.undo(case=case, by=worker, at=at, seen_version=case.version)


def clock(case, kind=Clock.RESOLVE):
    return SlaClock.objects.filter(case=case, kind=kind).order_by("-run")[0]


@pytest.mark.django_db
def test_a_new_case_carries_the_due_times_of_its_clocks():
    case, _worker = opened()

    assert case.first_touch_due_at == clock(case, Clock.FIRST_TOUCH).due_at
    assert case.resolve_due_at == clock(case).due_at


@pytest.mark.django_db
def test_taking_a_case_stops_its_first_touch_and_waiting_pauses_the_rest():
    case, worker = opened()
    before = case.resolve_due_at
    working.claim_next(by=worker, at=OPENED + HOUR)
    assert clock(case, Clock.FIRST_TOUCH).state == ClockState.MET

    waits = done(case, worker, Verb.WAIT_PAYER, OPENED + 2 * HOUR)
    assert clock(case).state == ClockState.PAUSED
    assert waits.resolve_due_at == clock(case).due_at > before

    goes_on = done(case, worker, Verb.RESUME, OPENED + 26 * HOUR)
    assert clock(case).state == ClockState.RUNNING
    assert goes_on.resolve_due_at == clock(case).due_at < waits.resolve_due_at
    assert goes_on.resolve_due_at > before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "changes"),
    [
        (Verb.CLAIM, {}),
        (Verb.WAIT_PAYER, {}),
        (Verb.TRANSFER, {"queue_id": "coding"}),
        (Verb.RESOLVE, {"disposition": Disposition.DUPLICATE}),
    ],
)
def test_undoing_a_verb_puts_the_clocks_back(verb, changes):
    case, worker = opened()
    due = case.first_touch_due_at, case.resolve_due_at
    if "queue_id" in changes:
        changes = {"queue_id": Queue.objects.get(key="coding").pk}
    columns = ("kind", "run", "state", "due_at", "watch_at", "ended_at")
    rows = SlaClock.objects.filter(case=case).order_by("kind", "run").values(*columns)
    before = list(rows)
    done(case, worker, verb, OPENED + HOUR, **changes)
    assert list(rows.all()) != before

    back = undone(case, worker, OPENED + 2 * HOUR)

    assert list(rows.all()) == before
    assert (back.first_touch_due_at, back.resolve_due_at) == due


@pytest.mark.django_db
def test_a_system_touches_nothing():
    case, _worker = opened()
    moving.move_many(
        wanted=[Wanted(case.pk, "Paid", {"disposition": Disposition.REVERSED})],
        verb=Verb.CLOSE,
        by=system_actor("detection"),
        at=OPENED + HOUR,
    )

    assert clock(case, Clock.FIRST_TOUCH).state == ClockState.CANCELLED
    assert clock(case).state == ClockState.MET


@pytest.mark.django_db
def test_a_transfer_counts_the_rest_from_when_the_case_was_opened():
    case, worker = opened()
    coding = Queue.objects.get(key="coding")

    moved = done(case, worker, Verb.TRANSFER, OPENED + 24 * HOUR, queue_id=coding.pk)

    assert clock(case).started_at == OPENED
    assert clock(case, Clock.FIRST_TOUCH).started_at == OPENED + 24 * HOUR
    assert moved.resolve_due_at == clock(case).due_at
    states = SlaClock.objects.filter(case=case, run=1).values_list("state", flat=True)
    assert set(states) == {ClockState.CANCELLED}


@pytest.mark.django_db
def test_facts_that_name_another_site_count_in_its_calendar():
    case, _worker = opened()
    calendar = CalendarFactory(hours={"1": [["08:00", "12:00"]]})
    wanted = [Wanted(case.pk, "Sent from elsewhere", {"facility_id": calendar.facility_id})]

    for _ in range(2):
        by = system_actor("detection")
        [moved] = moving.move_many(wanted=wanted, verb=Verb.UPDATE, by=by, at=OPENED + HOUR)

    assert clock(case).terms.calendar == calendar
    assert (clock(case).run, moved.resolve_due_at) == (2, clock(case).due_at)


@pytest.mark.django_db
def test_a_refused_move_leaves_the_clocks_alone():
    case, worker = opened()
    with pytest.raises(MoveRefused):
        done(case, worker, Verb.REOPEN, OPENED + HOUR)

    assert ClockEvent.objects.filter(case=case).count() == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                (Verb.CLAIM, {}),
                (Verb.RELEASE, {}),
                (Verb.WAIT_PAYER, {}),
                (Verb.WAIT_INFO, {}),
                (Verb.DEFER, {"deferred_until": OPENED + timedelta(days=900)}),
                (Verb.RESUME, {}),
                (Verb.RESOLVE, {"disposition": Disposition.DUPLICATE}),
                (Verb.REOPEN, {}),
                (Verb.TRANSFER, {"queue": "coding"}),
                (Verb.TRANSFER, {"queue": "authorization"}),
                (Verb.UNDO, {}),
                (Verb.UNDO, {}),
            ]
        ),
        st.integers(0, 400),
    ),
    max_size=9,
)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_what_is_stored_of_clocks_is_what_their_events_say(steps):
    """Random verbs at random hours: stored = derived = counted anew, and the case carries it."""
    with transaction.atomic():
        case, worker = opened()
        at = OPENED
        for (verb, said), hours in steps:
            at += timedelta(hours=hours)
            changes = dict(said)
            if "queue" in changes:
                changes = {"queue_id": Queue.objects.get(key=changes["queue"]).pk}
            with suppress(DomainError), transaction.atomic():
                if verb is Verb.UNDO:
                    undone(case, worker, at)
                else:
                    done(case, worker, verb, at, **changes)

        stored = {(each.kind, each.run): each for each in SlaClock.objects.filter(case=case)}
        readings = read_runs(
            {key_of(case.pk, run): run for run in runs_of(events_of([case.pk])[case.pk])}
        )
        assert {(kind, run) for _, kind, run in readings} == set(stored)
        case.refresh_from_db()
        for (_, kind, number), reading in readings.items():
            row = stored[kind, number]
            assert (row.state, row.due_at) == (reading.state, reading.due_at)
            if reading.run.is_live:
                assert getattr(case, DUE_COLUMNS[kind]) == row.due_at
        assert recount_many(case_ids=[case.pk], at=at).changed == frozenset()
        transaction.set_rollback(True)
