"""Chains of the past: how long steps took, and what a working day holds."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cases.actions import approving
from cases.actions.books.chains import Waits, _decided, a_day
from cases.actions.books.spans import Period
from cases.approvals.terms import Terms
from cases.approvals.vocabulary import Act
from tests.factories.approvals import ask_for, policy_content, step_content
from tests.factories.approvers import approvers, asked, decided
from tests.factories.cases import OPENED, CaseFactory

pytestmark = pytest.mark.django_db
PERIOD = Period.of(days=14, at=OPENED + timedelta(days=13))


def waits_of(role):
    """The measured wait of a step that asks this role."""
    terms = Terms.from_json(policy_content(step_content(role)))
    return Waits(_decided(PERIOD)).of(terms.steps[0])


def test_a_step_waits_from_when_it_began_until_it_was_decided(carried_out):
    case = CaseFactory(amount_at_risk="3000.00")
    people = approvers(case)
    approval = asked(case, people("denial_specialist"), "3000.00")
    decided(approval, people("queue_supervisor"), at=OPENED + timedelta(hours=3))
    decided(approval, people("rc_manager"), at=OPENED + timedelta(hours=10))

    assert (waits_of("queue_supervisor"), waits_of("rc_manager")) == (3.0, 7.0)
    assert waits_of("cfo") == 5.0  # never seen: the median of all steps


def test_one_asked_again_counts_from_its_last_asking_by_the_chain_that_decided(carried_out):
    case = CaseFactory(amount_at_risk="3000.00")
    people = approvers(case)
    by = people("denial_specialist")
    approval = asked(case, by, "3000.00")
    decided(approval, people("queue_supervisor"), at=OPENED + timedelta(hours=3))
    returned = decided(approval, people("rc_manager"), Act.RETURN, at=OPENED + timedelta(hours=9))
    approving.answer(
        approval=returned,
        ask=ask_for("480.00"),
        by=by,
        reason="All but that is paid",
        at=OPENED + timedelta(hours=10),
        seen_version=returned.version,
    )
    decided(approval, people("team_lead"), at=OPENED + timedelta(hours=12))

    assert (waits_of("team_lead"), waits_of("queue_supervisor")) == (2.0, 2.0)


def test_what_was_only_returned_is_no_decision_of_the_past(carried_out):
    case = CaseFactory(amount_at_risk="480.00")
    people = approvers(case)
    decided(asked(case, people("denial_specialist")), people("team_lead"), Act.RETURN)

    assert _decided(PERIOD) == []


def test_a_working_day_is_five_sevenths_of_a_day():
    assert a_day({"Mia": Decimal(100), "Ana": Decimal(1)}, PERIOD) == {
        "Ana": Decimal("0.1"),
        "Mia": Decimal("10.0"),
    }
