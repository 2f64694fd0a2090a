"""The supervisor's page: every number is the count of the list that it opens."""

import re
from datetime import timedelta
from html import unescape
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.work.models import Case
from tests.factories.priority import SkipFactory
from tests.house import CANARY
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db
TEAM = "/team/"
NUMBER = re.compile(r'<a href="([^"]+)" data-count="(\d+)">')


@pytest.fixture
def lead(house):
    house.grant("team_lead", house.auth, "view_queue", "work_queue", "lead_queue")
    house.grant("team_lead", house.other, "view_queue", "work_queue", "lead_queue")
    house.grant("team_lead", house.north, "view_facility")
    return Reader.of(house.person("team_lead"))


@pytest.fixture
def house(house):
    with house.acting():
        house.other = type(house.auth).objects.create(key="test-other", name="Test other")
    return house


def scatter(house, seed: int, number: int) -> None:
    """Cases of all ages, owners, queues and due times."""
    rng, now = Random(seed), timezone.now()
    people = [house.person("denial_specialist") for _ in range(3)]
    for _ in range(number):
        owner = rng.choice([None, *people])
        due = now + timedelta(days=rng.uniform(-20, 20))
        case = house.case(
            queue=rng.choice([house.auth, house.other]),
            owner=owner,
            status=rng.choice(["in_work", "assigned", "pending_payer"]) if owner else "new",
            opened_at=now - timedelta(days=rng.uniform(0, 200)),
            resolve_due_at=due,
            first_touch_due_at=due,
            first_touched_at=rng.choice([None, now]),
        )
        if rng.random() < 0.3:
            SkipFactory(case=case, person=rng.choice(people), queue=case.queue)
        if rng.random() < 0.2:
            send_to_and_fro(house, case)


def send_to_and_fro(house, case: Case) -> None:
    home = case.queue
    for queue in (house.coding, home):
        with house.acting():
            case.queue = queue
            case.save()


@pytest.mark.parametrize("seed", [1, 2])
def test_every_number_is_the_count_of_its_list(house, lead, seed):
    scatter(house, seed, 24)
    house.canaries(2)
    numbers = NUMBER.findall(lead.get(TEAM).content.decode())

    assert len(numbers) > 20
    for link, count in numbers:
        assert len(lead.listed(unescape(link))) == int(count), link


def test_foreign_cases_change_no_number(house, lead):
    scatter(house, 3, 6)
    before = NUMBER.findall(lead.get(TEAM).content.decode())
    house.canaries(3)
    page = lead.get(TEAM).content.decode()

    assert NUMBER.findall(page) == before
    assert CANARY not in page


@pytest.mark.parametrize("rows", [1, 25])
def test_the_page_costs_the_same_queries_at_any_size(house, lead, rows):
    scatter(house, 4, rows)
    lead.get(TEAM)

    with CaptureQueriesContext(connection) as queries:
        assert lead.get(TEAM).status_code == 200

    assert len(queries) <= 13


def test_who_leads_no_queue_is_told_who_can_change_that(reader):
    answer = reader.get(TEAM)

    assert answer.status_code == 403
    assert "A user administrator can grant that" in text_of(answer)


def test_the_filter_bar_keeps_what_a_number_narrowed_by(house, lead):
    scatter(house, 5, 3)

    page = lead.get("/queues/all/?view=open&came_back=true").content.decode()

    assert '<input type="hidden" name="came_back" value="true">' in page
    assert "Sent to and fro" in page
