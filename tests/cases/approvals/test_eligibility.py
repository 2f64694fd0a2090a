"""Who may decide, over any graph of delegations; the service and the database agree."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_portal.access.actor import system_actor
from billing_portal.access.services import leave
from cases.approvals.eligibility import (
    Item,
    MayNotDecide,
    eligible,
    human_of,
    item_of,
    judge,
    voices_of,
)
from cases.approvals.models import ApprovalRequest, PolicyVersion
from cases.approvals.queries import waiting_for
from cases.approvals.vocabulary import Act, Matter
from cases.approvals.voices import Limit, Voice
from tests.factories.approvals import (
    ApprovalLimitFactory,
    DelegationFactory,
    policy_content,
    step_content,
)
from tests.factories.approvers import asked, decided, decided_by_sql
from tests.factories.base import REASON
from tests.factories.cases import OPENED

PEOPLE = range(5)
people = st.sampled_from(PEOPLE)
graphs = st.sets(st.tuples(people, people).filter(lambda edge: edge[0] != edge[1]))
SEAT = "role:team_lead"
BIG = (Limit(False, None, "USD", Decimal(10_000)),)


def request_for(amount="480.00", n=3):
    content = policy_content(step_content("team_lead", mode="n_of", n=n))
    return ApprovalRequest(
        matter=Matter.WRITE_OFF,
        amount=Decimal(amount),
        tier_amount=Decimal(amount),
        currency="USD",
        seats=[SEAT],
        policy_version=PolicyVersion(policy="p", number=1, content=content),
    )


@dataclass
class World:
    """People by number: who delegated to whom, who leads, who is barred."""

    delegations: set[tuple[int, int]]
    leads: set[int]
    barred: set[int]

    def voices(self, person):
        givers = sorted(giver for giver, taker in self.delegations if taker == person)
        return [self.voice(person), *(self.voice(giver, is_lent=True) for giver in givers)]

    def voice(self, number, *, is_lent=False):
        seats = frozenset({SEAT} if number in self.leads else ())
        return Voice(number, f"user:{number}", f"Person {number}", seats, BIG, True, is_lent)

    def may(self, person, speaker):
        item = Item(request_for(), frozenset(f"user:{each}" for each in self.barred), ())
        try:
            judge(item, self.voices(person), speaker_id=speaker)
        except MayNotDecide:
            return False
        return True


@given(graphs, st.sets(people), st.sets(people))
@settings(max_examples=400)
def test_no_graph_of_delegations_lets_a_forbidden_human_in(delegations, leads, barred):
    world = World(delegations, leads, barred)

    for person in PEOPLE:
        shadows = {person} | {giver for giver, taker in delegations if taker == person}
        for speaker in PEOPLE:
            hops = speaker == person or (speaker, person) in delegations
            rightful = hops and speaker in leads and not shadows & barred
            assert world.may(person, speaker) == rightful


@pytest.fixture
def five(somebody):
    """Leads and clerks: 0, 1 and 2 may decide by themselves."""
    made = [somebody("team_lead") for _ in range(3)] + [
        somebody("denial_specialist") for _ in range(2)
    ]
    for person in made[3:]:
        ApprovalLimitFactory(person=person, max_amount=Decimal(500))
    return made


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(delegations=graphs, makers=st.sets(people, max_size=2))
def test_service_database_and_inbox_agree(case, requester, five, delegations, makers):
    with transaction.atomic():
        for giver, taker in sorted(delegations):
            DelegationFactory(giver=five[giver], taker=five[taker])
        approval = asked(case, requester, makers={Act.EDIT: [five[each].pk for each in makers]})
        told = {(each.person_id, each.speaker_id) for each in eligible(approval, at=OPENED)}
        for person in five:
            spoken = {speaker for each, speaker in told if each == person.pk}
            assert bool(spoken) == (approval in waiting_for(person, at=OPENED))
            for speaker in five:
                accepted = accepts(approval, person, speaker)
                assert accepted == (speaker.pk in spoken), (person, speaker)
        transaction.set_rollback(True)


def accepts(approval, person, speaker):
    """Whether SQL alone takes it; nothing stays."""
    try:
        with transaction.atomic():
            lent = None if speaker == person else speaker
            decided_by_sql(approval, person, speaker=lent, at=OPENED)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize(("most", "may"), [("479.99", False), ("480.00", True), ("480.01", True)])
def test_a_limit_holds_to_the_cent(case, somebody, requester, most, may):
    lead = somebody("team_lead")
    ApprovalLimitFactory(person=lead, max_amount=Decimal(most))
    approval = asked(case, requester)

    assert (approval in waiting_for(lead, at=OPENED)) is may
    if may:
        decided(approval, lead)
    else:
        with pytest.raises(MayNotDecide, match="above"):
            decided(approval, lead)


def test_who_stands_in_reaches_no_further_than_either(case, somebody, requester):
    giver, taker = somebody("team_lead"), somebody("denial_specialist")
    DelegationFactory(giver=giver, taker=taker)
    approval = asked(case, requester)

    with pytest.raises(MayNotDecide, match="above the limit"):
        decided(approval, taker, acting_for=giver)
    ApprovalLimitFactory(person=taker, max_amount=Decimal("480.00"))
    done = decided(approval, taker, acting_for=giver)

    act = done.acts.get(act=Act.APPROVE)
    assert (act.person, act.for_person) == (taker, giver)


def test_a_delegation_ends_with_the_rights_of_who_gave_it(case, somebody, requester):
    giver, taker = somebody("team_lead"), somebody("denial_specialist")
    DelegationFactory(giver=giver, taker=taker)
    ApprovalLimitFactory(person=taker)
    approval = asked(case, requester)
    assert approval in waiting_for(taker, at=OPENED)

    lead = Group.objects.get(name="team_lead")
    leave(user=giver, group=lead, by=system_actor("tests"), reason=REASON)

    assert approval not in waiting_for(taker, at=OPENED)
    with pytest.raises(MayNotDecide):
        decided(approval, taker, acting_for=giver)


def test_two_accounts_of_one_employee_are_one_human(somebody):
    one, other = (somebody("coder", staff_number=number) for number in ("E-7", " e-7 "))

    assert human_of(one) == human_of(other) == "staff:E-7"
    voices = voices_of([one.pk, other.pk], at=OPENED)
    assert {held[0].human for held in voices.values()} == {"staff:E-7"}


def test_an_item_knows_who_is_barred_and_who_sat(case, somebody, requester):
    approval = asked(case, requester, "12000.00")
    manager, director = somebody("rc_manager"), somebody("rc_director")
    approval = decided(decided(approval, manager), director)

    item = item_of(approval, approval.acts.order_by("pk"), human_of(requester))

    assert item.barred == {human_of(each) for each in (requester, manager, director)}
    assert item.sat == (frozenset({"role:rc_director"}),)
