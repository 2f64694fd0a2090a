"""Whether enough different people can be found for a chain."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.approvals.staffing import Asked, Signer, lacking, scarce, signers
from cases.approvals.terms import ROLE, Terms
from cases.approvals.vocabulary import Matter
from cases.approvals.voices import Limit, Voice
from tests.factories.approvals import policy_content, step_content

ROLES = ["team_lead", "rc_manager", "cfo"]


def voice(number, *roles, most=1_000, is_lent=False, **fields):
    limits = (Limit(False, None, "USD", Decimal(most)),)
    seats = frozenset(ROLE + role for role in roles)
    name = f"Person {number}"
    return Voice(number, f"user:{number}", name, seats, limits, True, is_lent, **fields)


def asked(amount=480):
    return Asked(Matter.WRITE_OFF, Decimal(amount), "USD")


def names(people, amount=480, **given):
    return [each.human for each in signers(people, asked(amount), **given)]


def chain(*steps):
    return Terms.from_json(policy_content(*steps))


def test_those_sign_whose_limit_reaches():
    people = [[voice(1, "team_lead", most=480)], [voice(2, "team_lead", most=479)]]

    assert names(people) == ["user:1"]


def test_a_stand_in_signs_for_who_is_away_up_to_the_nearer_limit():
    giver, lent = voice(1, "cfo"), voice(1, "cfo", is_lent=True)
    people = [[giver], [voice(2, most=500), lent]]

    assert names(people) == ["user:2"]
    assert names(people, 501) == []


def test_what_was_not_lent_the_giver_still_signs():
    lent = voice(1, "cfo", is_lent=True, most=1_000, matters=frozenset({"payer_refund"}))

    assert names([[voice(1, "cfo")], [voice(2), lent]]) == ["user:1"]


def test_neither_who_asked_nor_their_stand_in_signs():
    people = [[voice(1, "cfo")], [voice(2, "cfo"), voice(1, is_lent=True)], [voice(3, "cfo")]]

    assert names(people, barred={"user:1"}) == ["user:3"]


@pytest.mark.parametrize(
    ("people", "place"),
    [
        ([{"team_lead"}, {"rc_manager"}], None),
        ([{"team_lead", "rc_manager"}], 1),
        ([{"team_lead", "rc_manager"}, {"team_lead"}], None),
        ([{"rc_manager"}], 0),
        ([], 0),
    ],
)
def test_a_human_counts_once_in_a_chain(people, place):
    found = [
        Signer(f"user:{number}", "", frozenset(ROLE + role for role in roles))
        for number, roles in enumerate(people)
    ]

    assert lacking(chain(step_content("team_lead"), step_content("rc_manager")), found) == place


seats = st.sets(st.sampled_from(ROLES), min_size=1).map(
    lambda roles: frozenset(ROLE + role for role in roles)
)


@given(st.lists(seats, max_size=6), st.lists(st.sampled_from(ROLES), min_size=1, max_size=4))
def test_without_anybody_who_is_not_scarce_a_chain_can_still_be_completed(held, steps):
    terms = chain(*(step_content(role) for role in steps))
    found = [Signer(f"user:{number}", "", each) for number, each in enumerate(held)]
    if lacking(terms, found) is not None:
        return

    for other in set(found) - set(scarce(terms, found)):
        assert lacking(terms, [each for each in found if each != other]) is None
