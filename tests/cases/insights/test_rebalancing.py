"""Who could take what: skills and capacity as they count for taking the next case."""

import pytest

from cases.insights.rebalancing import proposal, reach_of
from cases.insights.spreading import Bar
from tests.factories.priority import CapacityFactory, SkillFactory
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db) -> House:
    made = House.built()
    made.grant("team_lead", made.auth, "view_queue", "work_queue", "lead_queue")
    made.grant("team_lead", made.north, "view_facility")
    return made


@pytest.fixture
def people(house):
    made = [house.person("denial_specialist") for _ in range(3)]
    for _ in range(6):
        house.case(owner=made[0], status="in_work")
    return made


def shared(house, people):
    return proposal(house.person("team_lead"), queue=house.auth, people=people, with_free=True)


def test_who_lacks_the_skill_gets_nothing_and_it_is_said(house, people):
    SkillFactory(person=people[1], category="CODING")

    found = shared(house, people)

    assert {pk: len(cases) for pk, cases in found.given.items()} == {people[2].pk: 3}
    assert found.barred == {people[1].pk: {Bar.SKILL: 6}}


def test_nobody_is_given_more_than_they_can_hold(house, people):
    CapacityFactory(person=people[1], queue=house.auth, cases=1)

    found = shared(house, people)

    assert len(found.given[people[1].pk]) == 1
    assert found.barred[people[1].pk][Bar.FULL] > 0


def test_the_skills_of_ones_groups_are_ones_own(house, people):
    group = people[1].groups.get()
    SkillFactory(person=None, group=group, category="AUTH")

    assert reach_of([people[1].pk], house.auth)[people[1].pk].categories == {"AUTH"}


@pytest.mark.parametrize("rows", [1, 25])
def test_a_proposal_costs_the_same_however_many_cases(
    house, people, rows, django_assert_num_queries
):
    lead = house.person("team_lead")
    for _ in range(rows):
        house.case()
    proposal(lead, queue=house.auth, people=people, with_free=True)

    with django_assert_num_queries(7):
        proposal(lead, queue=house.auth, people=people, with_free=True)
