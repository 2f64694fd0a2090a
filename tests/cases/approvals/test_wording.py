"""Policies in words."""

from decimal import Decimal

import pytest

from cases.approvals.terms import Terms
from cases.approvals.wording import amount_of, band_of, chain_of, rule_of, seat_name
from tests.factories.approvals import policy_content, step_content


def terms(*steps, **content):
    return Terms.from_json(policy_content(*steps, **content))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (step_content("team_lead"), "Team lead"),
        (step_content("team_lead", people=["mia"]), "any of Team lead, mia"),
        (step_content("controller", "cfo", mode="all"), "each of Controller, CFO"),
        (step_content("treasury", "cfo", mode="n_of", n=2), "2 of Treasury, CFO"),
        (step_content("cfo", mode="n_of", n=2), "2 of CFO"),
    ],
)
def test_a_step_says_how_many_of_whom(step, words):
    assert rule_of(terms(step).steps[0]) == words


def test_a_chain_is_its_steps_in_order():
    assert chain_of(terms(step_content("team_lead"), step_content("cfo"))) == "Team lead → CFO"


@pytest.mark.parametrize(
    ("end", "words"),
    [(None, "from 500.00 USD on"), ("2000.00", "from 500.00 to under 2,000.00 USD")],
)
def test_a_band_says_where_it_ends(end, words):
    assert band_of(terms(from_amount="500.00", to_amount=end)) == words


def test_what_is_no_role_is_called_as_it_is_written():
    assert seat_name("role:night_shift") == "night_shift"
    assert amount_of(None, "USD", without="never") == "never"
    assert amount_of(Decimal("500.00"), "USD", without="never") == "500.00 USD"
