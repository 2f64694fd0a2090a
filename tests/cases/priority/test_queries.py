from datetime import timedelta
from decimal import Decimal

import pytest

from cases.priority.queries import (
    Skills,
    skills_of,
    skills_of_many,
    standing_of,
    weights_in_force,
)
from cases.priority.services import count_ranks
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.integrations import PayerFactory
from tests.factories.people import PersonFactory, granted
from tests.factories.priority import SkillFactory, WeightingFactory

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(days=2)


def test_the_terms_shown_are_those_that_the_list_is_sorted_by():
    case = CaseFactory(amount_at_risk=Decimal("12345.67"), code="CO-50")
    count_ranks(at=NOW)
    standing = standing_of(case, now=NOW)

    assert standing.score == str(standing.rank.score)
    assert standing.days_left == 3
    assert standing.age_days == 2
    assert not standing.is_escalated
    assert not standing.is_guarded


def test_past_its_own_time_a_case_is_escalated():
    case = CaseFactory(resolve_due_at=OPENED)

    assert standing_of(case, now=NOW).terms.escalation == 10.0


def test_a_finished_case_stands_nowhere():
    case = CaseFactory(status="resolved", disposition="duplicate", resolved_at=NOW)

    assert standing_of(case, now=NOW) is None


def test_the_newest_weights_are_in_force():
    newer = WeightingFactory(number=7)

    assert weights_in_force() == newer


def test_skills_are_ones_own_and_those_of_ones_groups(django_assert_num_queries):
    both, none, payer = granted(), PersonFactory(), PayerFactory()
    SkillFactory(person=both, category="AUTH")
    SkillFactory(person=None, group=both.groups.get(), category="", payer=payer)
    SkillFactory(category="CODING")

    with django_assert_num_queries(1):
        found = skills_of_many([both.pk, none.pk])

    assert found == {
        both.pk: Skills(frozenset({"AUTH"}), frozenset({payer.pk})),
        none.pk: Skills(frozenset(), frozenset()),
    }
    assert skills_of(both) == found[both.pk]
