"""Load and ages: only of what one leads, in a constant number of queries."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from cases.insights.queries import team
from cases.work.queries import Moment
from tests.factories.cases import NoteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(house):
    house.grant("team_lead", house.auth, "view_queue", "work_queue", "lead_queue")
    house.grant("team_lead", house.coding, "view_queue", "work_queue")
    house.grant("team_lead", house.north, "view_facility")
    return house.person("team_lead")


def seen_by(lead):
    now = timezone.now()
    ends = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=UTC)
    return team(lead, moment=Moment(now, ends), today=now.date(), zone=UTC)


def test_load_is_counted_per_person_and_queue_that_one_leads(house, lead):
    worker = house.person("denial_specialist", username="worker")
    for _ in range(2):
        house.case(owner=worker, status="in_work")
    house.case(resolve_due_at=timezone.now() + timedelta(days=9), first_touched_at=timezone.now())
    house.canaries(2)

    nobody, loaded = sorted(seen_by(lead).loads, key=lambda load: load.username)

    assert (nobody.username, nobody.cases, nobody.overdue) == ("", 1, 0)
    assert (loaded.username, loaded.cases, loaded.overdue) == ("worker", 2, 2)
    assert loaded.overdue_share == 1.0


def test_what_stands_still_is_in_hands_and_silent(house, lead):
    worker = house.person("denial_specialist")
    silent = house.case(owner=worker, status="in_work")
    spoken = house.case(owner=worker, status="in_work")
    since = timezone.now() + timedelta(hours=1)
    NoteFactory(case=spoken, written_at=since + timedelta(hours=1))

    cases = type(silent).objects.all()

    assert list(cases.quiet_since(since)) == [silent]
    assert not cases.quiet_since(timezone.now() - timedelta(days=1)).exists()


def test_a_case_that_comes_back_to_a_queue_it_left_was_sent_to_and_fro(house, lead):
    case, still = house.case(), house.case()
    for queue in (house.coding, house.auth):
        with house.acting():
            case.queue = queue
            case.save()
    with house.acting():
        still.queue = house.coding
        still.save()

    assert list(type(case).objects.came_back()) == [case]
    assert sum(load.back for load in seen_by(lead).loads) == 1


def test_ages_add_up_to_what_is_open(house, lead):
    for days in (0, 3, 10, 40, 400):
        house.case(opened_at=timezone.now() - timedelta(days=days))

    (ages,) = seen_by(lead).ages

    assert sum(ages.counts) == 5
    assert ages.counts[-1] == 1


@pytest.mark.parametrize("rows", [1, 25])
def test_a_team_costs_six_queries_at_any_size(house, lead, rows, django_assert_num_queries):
    for _ in range(rows):
        house.case(owner=house.person("denial_specialist"), status="in_work")
    seen_by(lead)

    with django_assert_num_queries(6):
        seen_by(lead)
