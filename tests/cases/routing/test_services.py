from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.routing.conditions import ConditionRefused, compiled, fields_of
from cases.routing.fields import FIELDS, TERMS
from cases.routing.models import RoutingDecision, RoutingRule
from cases.routing.services import decide_many, record_many
from cases.types.denial.models import AdjustmentCode, RemarkCode
from cases.work.models import Queue
from tests.cases.routing.test_fields import SUBJECT
from tests.factories.cases import OPENED, CaseFactory, QueueFactory, RoutingRuleFactory

pytestmark = pytest.mark.django_db
KNOWN = replace(SUBJECT, facility_is_known=True)


def decided(**fields):
    facts = KNOWN.facts | fields.pop("facts", {})
    [decision] = decide_many(subjects=[replace(KNOWN, facts=facts, **fields)])
    return decision


def queue(**fields):
    return Queue.objects.get(pk=decided(**fields).queue_id).key


def test_the_first_rule_that_holds_wins_and_says_so():
    first = RoutingRuleFactory(position=1)
    RoutingRuleFactory(position=2)

    decision = decided()

    assert (decision.queue_id, decision.rule_id) == (first.queue_id, first.pk)
    assert decision.rule_version == 1
    assert decision.facts["category"] == "AUTH"


def test_a_rule_that_is_not_active_is_passed_over():
    RoutingRuleFactory(position=1, is_active=False)

    assert decided().rule_id != RoutingRule.objects.get(position=1).pk


def test_what_no_rule_is_for_is_triaged():
    decision = decided(case_type="something_new", facts={"mapped_queue": None})

    assert decision.rule_id is decision.rule_version is None
    assert Queue.objects.get(pk=decision.queue_id).key == "triage"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"facts": {"mapped_queue": "authorization"}}, "authorization"),
        ({"category": "UNKNOWN", "facts": {"mapped_queue": "triage"}}, "triage"),
        ({"payer_is_known": False, "facts": {"mapped_queue": "coding"}}, "triage"),
        ({"facility_is_known": False, "facts": {"mapped_queue": "coding"}}, "triage"),
        ({"facts": {"mapped_queue": "documentation", "remarks": ["MA130"]}}, "claim-edits"),
        ({"category": "TIMELY_FILING", "facts": {"mapped_queue": "billing"}}, "timely-filing"),
        ({"facts": {"mapped_queue": "not-a-queue"}}, "denials-technical"),
        ({"case_type": "remittance_exception", "payer_is_known": False}, "remittance-exceptions"),
    ],
)
def test_the_rules_that_come_with_the_house(fields, expected):
    assert queue(**fields) == expected


def test_every_queue_of_the_code_maps_has_its_rule():
    maps = [*AdjustmentCode.objects.select_related("queue")]
    maps += [*RemarkCode.objects.select_related("queue")]
    mapped = {row.queue.key for row in maps}

    assert {key: queue(facts={"mapped_queue": key}) for key in mapped} == {k: k for k in mapped}


def test_every_rule_that_comes_with_the_house_is_a_condition_over_known_fields():
    for rule in RoutingRule.objects.order_by("position"):
        compiled(rule.condition, TERMS)
        assert fields_of(rule.condition) <= set(FIELDS)


def test_a_rule_that_is_no_condition_is_a_refusal_not_a_wrong_queue():
    RoutingRuleFactory(position=1, condition={"field": "no_such", "is": "is", "value": "x"})

    with pytest.raises(ConditionRefused):
        decided()


@pytest.mark.parametrize("subjects", [1, 25])
def test_deciding_costs_the_same_queries_for_any_number(subjects):
    with CaptureQueriesContext(connection) as queries:
        decide_many(subjects=[KNOWN] * subjects)

    assert len(queries) == 2


def test_each_decision_leaves_its_trace():
    case = CaseFactory(queue=QueueFactory())

    record_many(decisions=[(case.pk, decided())], at=OPENED)

    [trace] = RoutingDecision.objects.all()
    assert (trace.case, trace.rule_version, trace.decided_at) == (case, 1, OPENED)
    assert trace.facts["carc"] == "197"
