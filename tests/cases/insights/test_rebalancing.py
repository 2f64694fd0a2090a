"""Who could take what: skills and capacity as they count for taking the next case."""

from decimal import Decimal

import pytest
from django.utils import timezone

from cases.actions import rebalancing
from cases.bulk.models import BatchRow
from cases.insights.rebalancing import TooFewPeople, proposal, reach_of, shares
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


def drafted(house, people):
    lead, plan = house.person("team_lead"), shared(house, people).given
    given = {"plan": plan, "by": lead, "reason": "Ill", "query": "/q/", "at": timezone.now()}
    return lead, rebalancing.draft(**given)


def told(found, person):
    (share,) = [each for each in found if each.user == person]
    return share.has, share.gives, share.gets, share.then, share.left


def test_shares_say_what_each_has_gives_and_gets(house, people):
    house.canaries(2, owner=people[0], status="in_work")
    lead, batches = drafted(house, people)

    found = shares(lead, batches)

    assert told(found, people[0]) == (6, 4, 0, 2, 0)
    assert told(found, people[1]) == told(found, people[2]) == (0, 0, 2, 2, 0)
    assert sum(each.amount for each in found) == Decimal(1600)


def test_what_cannot_go_is_given_by_nobody(house, people):
    lead, batches = drafted(house, people)
    stale = BatchRow.objects.filter(batch=batches[0]).order_by("pk")[:1]
    BatchRow.objects.filter(pk__in=stale.values("pk")).update(seen_version=0)

    found = shares(lead, batches)

    assert told(found, people[0]) == (6, 3, 0, 3, 0)
    assert sorted(told(found, each) for each in people[1:]) == [(0, 0, 1, 1, 1), (0, 0, 2, 2, 0)]


def test_two_shares_of_one_person_add_up(house, people):
    lead, (first, second) = drafted(house, people)
    second.arguments = first.arguments
    second.save(update_fields=["arguments"])

    found = shares(lead, [first, second])

    assert sorted(told(found, each.user) for each in found) == [(0, 0, 4, 4, 0), (6, 4, 0, 2, 0)]


def test_one_person_alone_shares_nothing(house, people):
    for alone in ([], people[:1], people[:1] * 2):
        with pytest.raises(TooFewPeople):
            shared(house, alone)


@pytest.mark.parametrize("rows", [1, 25])
def test_a_proposal_costs_the_same_however_many_cases(
    house, people, rows, django_assert_num_queries
):
    lead = house.person("team_lead")
    for _ in range(rows):
        house.case()
    proposal(lead, queue=house.auth, people=people, with_free=True)

    with django_assert_num_queries(6):
        proposal(lead, queue=house.auth, people=people, with_free=True)
