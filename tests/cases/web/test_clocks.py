from datetime import timedelta

import pytest

from cases.actions import working
from cases.sla.models import SlaClock
from cases.sla.services import Place, start_many, starts
from cases.sla.vocabulary import Clock, ClockState
from cases.web.clocks import line_of
from cases.web.presenters import due_of
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from tests.house import OPENED
from tests.pages import text_of

LATER = OPENED + timedelta(hours=6)


@pytest.fixture
def case(house):
    made = house.case()
    place = Place(made.queue_id, made.facility_id, made.case_type, made.payer_id)
    start_many(opened={made.pk: place}, started=starts(places=[place], at=OPENED), at=OPENED)
    return made


def clock(case, kind=Clock.RESOLVE):
    return SlaClock.objects.select_related("terms__calendar").get(case=case, kind=kind)


def wait(case, by):
    return working.wait(
        case=case,
        by=by,
        waiting_for=working.Waiting.PAYER,
        reason="Called",
        at=LATER,
        seen_version=case.version,
    )


def test_a_running_clock_says_how_long_is_left_and_what_it_allows(case):
    line = line_of(clock(case), now=LATER)

    assert (line.label, line.chip.state) == ("Resolve", "ok")
    assert line.goal.startswith("10 business days · House: weekdays 8 to 5")
    assert line.words.startswith("by ")
    assert line.chip.title.startswith("Goal: 10 business days")


@pytest.mark.parametrize(
    ("state", "words"),
    [(ClockState.MET, "Met"), (ClockState.MISSED, "Missed"), (ClockState.CANCELLED, "Not needed")],
)
def test_a_clock_that_ended_says_how(case, state, words):
    ended = clock(case)
    ended.state, ended.ended_at = state, LATER

    assert line_of(ended, now=LATER).chip.words == words


def test_the_page_names_why_a_clock_is_paused(case, specialist, reader):
    wait(case, specialist)

    page = text_of(reader.get(f"/cases/{case.public_id}/"))

    assert page.count("Paused: waiting for payer") == 2  # the head, and the clock
    assert "10 business days · House" in page
    assert "Clock paused" in page


def test_the_worklist_names_it_too(case, specialist, reader):
    wait(case, specialist)

    page = reader.get(f"/queues/{case.queue.key}/").content.decode()

    assert 'title="Paused: waiting for payer. Resolve by' in page


@pytest.mark.parametrize(
    ("touch_due", "touched", "resolve_due", "words"),
    [
        (timedelta(hours=-26), None, timedelta(days=3), "Untouched 1d"),
        (timedelta(hours=-26), LATER, timedelta(days=3), "3d 0h"),
        (timedelta(hours=26), None, timedelta(days=3), "3d 0h"),
        (timedelta(days=-3), None, timedelta(days=-1), "1d 0h late"),
    ],
)
def test_a_case_that_nobody_touched_in_time_says_so(touch_due, touched, resolve_due, words):
    case = Case(
        status=CaseStatus.NEW,
        first_touch_due_at=LATER + touch_due,
        first_touched_at=touched,
        resolve_due_at=LATER + resolve_due,
    )

    assert due_of(case, now=LATER).words == words
