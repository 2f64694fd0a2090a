from datetime import date, timedelta

import pytest

from cases.types.denial.appeals.deadlines import proposed
from cases.types.denial.appeals.terms import Due
from tests.factories.appeals import AppealFactory
from tests.factories.cases import AttachmentFactory, CaseFactory, DeadlineRuleFactory

DECIDED = date(2026, 2, 2)

pytestmark = pytest.mark.django_db


def test_without_a_rule_nothing_is_guessed():
    assert proposed(CaseFactory(), level=1) == Due()


def test_a_rule_counts_from_the_contested_decision_and_is_cited():
    case = CaseFactory()
    DeadlineRuleFactory(payer=case.payer, clock_type="appeal_1", days=120)

    found = proposed(case, level=1)

    assert found.on == DECIDED + timedelta(days=120)
    assert found.internal_on is not None
    assert found.internal_on < found.on
    assert found.source


def test_a_later_level_counts_from_the_decision_before():
    case = CaseFactory()
    DeadlineRuleFactory(payer=case.payer, clock_type="appeal_2", level=2, days=60)
    first = AppealFactory(
        case=case,
        status="decided",
        outcome="upheld",
        decided_on=date(2026, 4, 1),
        outcome_evidence=AttachmentFactory(case=case),
    )

    assert proposed(case, level=2, previous=first).on == date(2026, 5, 31)
