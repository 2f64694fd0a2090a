"""A sample says who may sign and why others may not, as the engine would."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cases.actions.books.approvals import BOOK, rules_of
from cases.actions.books.sampling import Sample, try_out
from cases.approvals.vocabulary import Matter
from tests.factories.approvals import (
    ApprovalLimitFactory,
    DelegationFactory,
    policy_content,
    step_content,
)
from tests.factories.approvers import approvers
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.integrations import FacilityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    return CaseFactory()


@pytest.fixture
def people(case):
    return approvers(case)


def tried(case, requester, amount="480.00", *steps, **sample):
    """What a write-off falls under, in the house or by these steps."""
    content = {"policies": [{"key": "mine", **policy_content(*steps)}]} if steps else BOOK.current()
    given = {"facility": case.facility, **sample}
    asked = Sample(Matter.WRITE_OFF, Decimal(amount), "USD", requester=requester, **given)
    return try_out(rules_of(content), asked, at=OPENED)


def said(found, turn=0):
    return {each.name: each.why for each in found.turns[turn].people}


def test_it_falls_under_the_policy_in_force_with_its_version(case, people):
    found = tried(case, people("denial_specialist"))

    assert found.rule.name == "write-off-1@1"
    assert found.turns[0].is_lacking


def test_without_a_policy_it_is_refused_in_the_words_of_a_request(case, people):
    found = tried(case, people("denial_specialist"), "0.00", step_content("cfo"))

    assert found.rule is None
    assert found.refusal.startswith("No approval policy covers “Write-off” of 0.00 USD.")


def test_everybody_who_may_not_sign_reads_why(case, people):
    asker = people("team_lead", full_name="Mia")
    people("team_lead", full_name="Noor")
    low = people("team_lead", full_name="Ana")
    ApprovalLimitFactory(person=low, max_amount=Decimal("10.00"))
    people("team_lead", full_name="Leo", is_active=False)
    giver = people("team_lead", full_name="Eva")
    taker = people("denial_specialist", full_name="Kim")
    DelegationFactory(
        giver=giver, taker=taker, starts_on=OPENED.date(), ends_on=OPENED.date() + timedelta(days=1)
    )

    assert said(tried(case, asker)) == {
        "Mia": "asks for it",
        "Noor": "",
        "Ana": "this is above their limit",
        "Leo": "is no longer active",
        "Eva": "is away; somebody else decides for them",
        "Kim for Eva": "this is above their limit",
    }


def test_who_does_not_see_the_site_does_not_sign(case, people):
    people("team_lead", full_name="Mia")

    found = tried(case, people("denial_specialist"), facility=FacilityFactory())

    assert said(found) == {"Mia": "does not see this site"}
    assert found.turns[0].is_lacking


def test_a_later_step_lacks_whoever_is_needed_before(case, people):
    people("team_lead", full_name="Mia")
    steps = [step_content("team_lead"), step_content("team_lead") | {"key": "again"}]

    found = tried(case, people("denial_specialist"), "480.00", *steps)

    assert [turn.is_lacking for turn in found.turns] == [False, True]
