"""Sharing out anew: previewed, done once, each case with its reason, taken back as a batch."""

import pytest
from django.utils import timezone

from cases.actions import bulking, rebalancing
from cases.bulk.models import BatchStatus
from cases.insights.rebalancing import candidates, proposal
from cases.work.visibility import MayNotWork
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db) -> House:
    made = House.built()
    made.grant("team_lead", made.auth, "view_queue", "work_queue", "lead_queue")
    made.grant("team_lead", made.north, "view_facility")
    return made


@pytest.fixture
def lead(house):
    return house.person("team_lead")


@pytest.fixture
def people(house):
    return [house.person("denial_specialist") for _ in range(2)]


def draft(lead, plan):
    return rebalancing.draft(plan=plan, by=lead, reason="Ill", query="/q/", at=timezone.now())


def test_work_is_shared_evenly_and_the_way_back_is_open(house, lead, people):
    one, two = people
    cases = [house.case(owner=one, status="in_work") for _ in range(6)]
    house.canaries(2, owner=one, status="in_work")
    assert {c.user: c.cases for c in candidates(lead, house.auth)} == {one: 6, two: 0, lead: 0}

    plan = proposal(lead, queue=house.auth, people=people, with_free=True).given
    batches = draft(lead, plan)

    assert {pk: len(ids) for pk, ids in plan.items()} == {two.pk: 3}
    assert not any(case.owner == two for case in type(cases[0]).objects.all())
    (batch,) = rebalancing.apply(batches=batches, by=lead, at=timezone.now())
    moved = type(cases[0]).objects.filter(owner=two)
    assert moved.count() == 3
    assert moved[0].history.latest("history_id").history_change_reason == "Ill"
    assert rebalancing.apply(batches=batches, by=lead, at=timezone.now()) == [batch]
    bulking.undo(batch=batch, by=lead, at=timezone.now())
    batch.refresh_from_db()
    assert batch.status == BatchStatus.UNDONE
    assert not moved.exists()


def test_what_nobody_has_is_given_out_if_wanted(house, lead, people):
    for _ in range(4):
        house.case()

    def wanted(with_free):
        return proposal(lead, queue=house.auth, people=people, with_free=with_free).given

    assert sorted(map(len, wanted(True).values())) == [2, 2]
    assert wanted(False) == {}


def test_an_even_spread_moves_nothing(lead):
    with pytest.raises(rebalancing.NothingToMove):
        draft(lead, {})


def test_only_who_leads_a_queue_shares_it_out(house, people):
    case = house.case()

    with pytest.raises(MayNotWork):
        draft(people[0], {people[1].pk: [case.pk]})
