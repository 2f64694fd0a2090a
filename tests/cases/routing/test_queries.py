from datetime import timedelta

import pytest

from cases.routing.conditions import ConditionRefused
from cases.routing.models import RoutingRule
from cases.routing.queries import COUNTED_TO, Doubt, Hits, hits, live_count, silent_rules
from cases.routing.services import replace_rules
from cases.work.lifecycle import CaseStatus
from tests.factories.cases import (
    OPENED,
    CaseFactory,
    RoutingDecisionFactory,
    RoutingRuleFactory,
)
from tests.factories.people import PersonFactory, granted

pytestmark = pytest.mark.django_db
AT = OPENED + timedelta(days=1)
AUTH = {"field": "category", "is": "is", "value": "AUTH"}


@pytest.fixture
def case():
    return CaseFactory(category="AUTH")


@pytest.fixture
def reader(case):
    return granted(queues=[case.queue], facilities=[case.facility])


def test_open_cases_that_match_are_counted(case, reader):
    same = {"queue": case.queue, "facility": case.facility}
    CaseFactory(**same, category="CODING")
    CaseFactory(**same, status=CaseStatus.RESOLVED, disposition="duplicate", resolved_at=AT)

    assert live_count(AUTH, by=reader) == 1


def test_what_the_reader_does_not_see_is_not_counted(case, reader):
    CaseFactory(category="AUTH", queue=case.queue)
    CaseFactory(category="AUTH", facility=case.facility)

    assert live_count(AUTH, by=reader) == 1
    assert live_count(AUTH, by=granted()) == 0


def test_counting_ends_at_the_cap_and_costs_two_queries(reader, django_assert_num_queries):
    with django_assert_num_queries(2) as asked:
        live_count(AUTH, by=reader)

    assert f"LIMIT {COUNTED_TO + 1}" in asked[-1]["sql"]


def test_a_condition_that_is_no_tree_is_refused(reader):
    with pytest.raises(ConditionRefused):
        live_count({"field": "nothing"}, by=reader)


def decided(rule, days_ago):
    at = AT - timedelta(days=days_ago)
    return RoutingDecisionFactory(rule=rule, rule_version=1, queue=rule.queue, decided_at=at)


def test_what_rules_decided_lately_is_counted():
    rule = RoutingRuleFactory(key="mine")
    for days_ago in (0, 30, 31, 90, 91):
        decided(rule, days_ago)

    assert hits(at=AT) == {"mine": Hits(2, 4, AT)}


def silent():
    return {each.key: (each.doubt, each.by) for each in silent_rules(at=AT)}


def test_a_rule_that_nothing_reaches_is_named_with_the_reason(case):
    replace_rules(wanted=[], by=PersonFactory(), reason="For a test")
    for position, (key, condition) in enumerate(
        [
            ("busy", AUTH),
            ("behind", {"all": [AUTH, {"field": "cycle", "is": "is", "value": 1}]}),
            ("late", {"field": "cycle", "is": "is", "value": 1}),
            ("idle", {"field": "cycle", "is": "is", "value": 9}),
        ],
        start=1,
    ):
        RoutingRuleFactory(key=key, condition=condition, position=position)
    decided(RoutingRule.objects.get(key="busy"), 1)

    assert silent() == {
        "behind": (Doubt.SHADOWED, "busy"),
        "late": (Doubt.UNREACHED, ""),
        "idle": (Doubt.UNMATCHED, ""),
    }


def test_every_number_of_rules_costs_the_same_queries(django_assert_num_queries):
    with django_assert_num_queries(3):
        silent_rules(at=AT)
