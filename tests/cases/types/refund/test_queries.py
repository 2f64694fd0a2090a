"""What is known of a credit beside its details."""

from datetime import date
from decimal import Decimal

import pytest

from cases.types.refund import queries
from cases.types.refund.federal import Rule
from cases.types.refund.unclaimed import Dormancy
from cases.work.models import Case
from tests.factories.integrations import PayerFactory
from tests.factories.people import PersonFactory
from tests.factories.refunds import (
    FederalActFactory,
    FederalRuleFactory,
    ResearchFactory,
    ReturnFactory,
    StateRuleFactory,
    credit,
)

pytestmark = pytest.mark.django_db


def test_research_holds_only_on_the_facts_it_was_found_on():
    case = credit()
    ResearchFactory(case=case)
    newest = ResearchFactory(case=case)
    assert queries.research_of(case) == newest

    ResearchFactory(case=case, decision="other facts")

    assert queries.research_of(case) is None
    assert queries.return_of(case) is None


def test_the_way_is_that_of_the_research_that_holds():
    first = ReturnFactory()
    assert queries.return_of(first.case) == first

    ResearchFactory(case=first.case)

    assert queries.return_of(first.case) is None


def test_the_laws_row_of_the_day_holds():
    FederalRuleFactory(days=30, valid_from=date(2020, 1, 1), valid_to=date(2025, 1, 1))
    FederalRuleFactory(days=60, valid_from=date(2025, 1, 1))

    assert queries.federal_rule("other", on=date(2024, 12, 31)) == Rule(30, 180, 6)
    assert queries.federal_rule("other", on=date(2025, 1, 1)) == Rule(60, 180, 6)
    assert queries.federal_rule("other", on=date(2019, 1, 1)) is None
    assert queries.federal_rule("medicare", on=date(2026, 1, 10)) == Rule(60, 180, 6)


def test_a_state_that_nobody_configured_has_no_rule():
    rule = StateRuleFactory(state="ZZ")

    assert queries.state_rule("ZZ", on=date(2026, 1, 1)) == rule
    assert queries.state_rule("YY", on=date(2026, 1, 1)) is None
    assert queries.state_rules(on=date(2026, 1, 1))["ZZ"] == Dormancy(3, Decimal("100.00"), 60)


def test_posters_are_found_by_user_name_or_staff_number():
    by_name = PersonFactory(username="poster")
    other = PersonFactory(username="somebody", staff_number="poster")
    PersonFactory(username="bystander")

    assert queries.posters(credit(), payer_id=None) == [by_name, other]
    assert queries.posters(credit(claim="C2"), payer_id=PayerFactory().pk) == []


@pytest.mark.parametrize("rows", [1, 8])
def test_open_clocks_cost_the_same_for_any_number(rows, django_assert_num_queries):
    payer = PayerFactory(payer_class="medicare")
    for number in range(rows):
        FederalActFactory(case=credit(payer=payer, claim=f"C{number}"))

    with django_assert_num_queries(3):
        found = list(queries.open_clocks(Case.objects.all()))

    assert [each.due_on for each in found] == [date(2026, 3, 11)] * rows
