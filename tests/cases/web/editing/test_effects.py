"""What the page of the routing book says that its rules did."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases.routing.services import replace_rules
from cases.web.editing.effects import rule_lines
from tests.factories.cases import OPENED, RoutingDecisionFactory, RoutingRuleFactory
from tests.factories.people import PersonFactory
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db
AUTH = {"field": "category", "is": "in", "value": ["AUTH"]}
BOTH = {"all": [AUTH, {"field": "cycle", "is": "is", "value": 1}]}


@pytest.fixture
def rules():
    replace_rules(wanted=[], by=PersonFactory(), reason="For a test")
    busy = RoutingRuleFactory(key="busy", name="Authorizations", condition=AUTH)
    RoutingRuleFactory(key="behind", name="First round", condition=BOTH)
    RoutingRuleFactory(key="idle", condition={"field": "cycle", "is": "is", "value": 9})
    RoutingRuleFactory(key="gone", is_active=False)
    for days in (1, 40):
        RoutingDecisionFactory(rule=busy, rule_version=1, decided_at=OPENED - timedelta(days=days))


def test_each_rule_in_use_says_what_it_decided_and_why_nothing(rules):
    busy, behind, idle = rule_lines(at=OPENED)

    assert (busy.number, busy.name, busy.lately, busy.long, busy.doubt) == (
        1,
        "Authorizations",
        "1",
        "2",
        "",
    )
    assert (behind.lately, behind.last) == ("0", "")
    assert behind.doubt == "Never reached: “Authorizations” takes all it matches"
    assert idle.doubt == "Matched no case of the last 30 days"


def test_any_number_of_rules_costs_the_same_queries(rules, django_assert_num_queries):
    with django_assert_num_queries(5):
        rule_lines(at=OPENED)


@pytest.mark.parametrize(("book", "is_shown"), [("routing", True), ("targets", False)])
def test_the_page_of_the_routing_book_alone_shows_it(house, rules, book, is_shown):
    reader = Reader.of(house.person("rules_steward"))

    shown = text_of(reader.get(reverse("cases:edition_book", args=[book])))

    assert ("Never reached: “Authorizations” takes all it matches" in shown) is is_shown
