import json
from datetime import date
from decimal import Decimal

from cases.routing.conditions import Kind, compiled
from cases.routing.fields import FIELDS, TERMS, Subject, as_json, facts_of

SUBJECT = Subject(
    case_type="denial",
    code="CO-197",
    category="AUTH",
    amount=Decimal("100.00"),
    cycle=2,
    payer_key="lakeside",
    payer_class="commercial",
    payer_is_known=True,
    facility_key="north",
    facility_is_known=False,
    facts={"carc": "197", "remarks": ["N29"], "service_from": "2026-01-02"},
)
TYPES = {
    Kind.TEXT: str,
    Kind.CHOICE: str,
    Kind.NUMBER: Decimal,
    Kind.DATE: date,
    Kind.YES_NO: bool,
    Kind.TEXTS: list,
}


def test_every_fact_is_of_the_kind_that_conditions_compare():
    for key, fact in facts_of(SUBJECT).items():
        assert fact is None or isinstance(fact, TYPES[TERMS[key].kind]), key


def test_a_fact_that_a_case_type_does_not_give_is_absent():
    bare = facts_of(Subject("x", "", "", Decimal(0), 1, "", "", False, "", False))

    assert bare["carc"] is bare["remarks"] is bare["service_from"] is None
    assert set(bare) == set(FIELDS)


def test_a_trace_is_json():
    trace = json.loads(json.dumps(as_json(facts_of(SUBJECT))))

    assert (trace["amount"], trace["service_from"]) == ("100.00", "2026-01-02")


def test_conditions_read_what_subjects_say():
    tree = {"field": "service_from", "is": "less_than", "value": "2026-02-01"}

    assert compiled(tree, TERMS)(facts_of(SUBJECT))
