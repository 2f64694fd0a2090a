"""A condition is true of the same cases in SQL as in Python."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.routing.conditions import OPERATORS, Kind, Operator, compiled
from cases.routing.fields import FIELDS, TERMS, facts_of, subject_of
from cases.routing.predicates import matching
from cases.work.models import Case
from integrations.canonical.models import Facility
from tests.factories.cases import CaseFactory, QueueFactory
from tests.factories.integrations import FacilityFactory, PayerFactory
from tests.factories.refunds import credit

pytestmark = pytest.mark.django_db
WORDS = ["AUTH", "AUTHOR", "CO-197", "197", "N1", "N12", "MA130", "", "commercial", "unassigned"]
ODD = ["%", "_", "\\", "'", "ü", "?", "%s", "%(v0)s", " "]
DAY = date(2026, 1, 10)
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "group": st.sampled_from([*WORDS, *ODD]),
        "carc": st.sampled_from(WORDS),
        "remarks": st.lists(st.sampled_from([*WORDS, *ODD]), max_size=3),
        "mapped_queue": st.sampled_from(WORDS),
        "is_initial": st.booleans() | st.none(),
        "appeal_allowed": st.booleans(),
        "is_federal": st.booleans(),
        "service_from": st.integers(-2, 2).map(lambda n: (DAY + timedelta(n)).isoformat())
        | st.none(),
    },
)
CASES = st.fixed_dictionaries(
    {
        "case_type": st.sampled_from(["denial", "remittance_exception"]),
        "code": st.sampled_from(WORDS),
        "category": st.sampled_from([*WORDS, *ODD]),
        "amount_at_risk": st.sampled_from(["0.00", "99.99", "100.00", "100.01", "1000.00"]),
        "cycle": st.integers(1, 3),
        "details": DETAILS,
    }
)


def values_of(term):
    match term.kind:
        case Kind.NUMBER:
            return st.sampled_from(["0", "99.99", "100", "100.00", "1E+3", "1", "2", 3])
        case Kind.DATE:
            return st.integers(-2, 2).map(lambda n: (DAY + timedelta(n)).isoformat())
        case Kind.YES_NO:
            return st.booleans()
    return st.sampled_from([each for each in [*WORDS, *ODD] if each])


@st.composite
def comparisons(draw):
    term = draw(st.sampled_from(list(TERMS.values())))
    operator = draw(st.sampled_from(sorted(OPERATORS[term.kind])))
    one = values_of(term)
    match operator:
        case Operator.IN | Operator.NOT_IN:
            value = draw(st.lists(one, min_size=1, max_size=3))
        case Operator.BETWEEN:
            if term.kind is Kind.DATE:
                value = [DAY.isoformat(), (DAY + timedelta(2)).isoformat()]
            else:
                value = ["1", "100.01"]
        case _:
            value = draw(one)
    return {"field": term.key, "is": str(operator), "value": value}


TREES = st.recursive(
    comparisons(),
    lambda part: st.one_of(
        st.lists(part, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        part.map(lambda inner: {"not": inner}),
    ),
    max_leaves=6,
)


@pytest.fixture
def places():
    """Payers known and unknown, and none; facilities known and not."""
    payers = [
        None,
        PayerFactory(key="AUTH", payer_class="commercial", is_confirmed=True),
        PayerFactory(key="197", payer_class="unknown", is_confirmed=False),
    ]
    facilities = [FacilityFactory(key="N1"), Facility.objects.get(key="unassigned")]
    queue = QueueFactory()
    return [
        CaseFactory(payer=payer, facility=facility, queue=queue)
        for payer in payers
        for facility in facilities
    ]


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seen=st.lists(CASES, min_size=6, max_size=6), trees=st.lists(TREES, min_size=1, max_size=5))
def test_both_readings_agree_on_random_cases_and_random_trees(places, seen, trees):
    with transaction.atomic():
        for tree, in_python, in_sql in both_readings(places, seen, trees):
            assert in_sql == in_python, tree
        transaction.set_rollback(True)


def both_readings(places, seen, trees):
    """For each tree the cases it holds for, by both; the rows are never committed."""
    for case, fields in zip(places, seen, strict=True):
        Case.objects.filter(pk=case.pk).update(**fields)
    pks = [case.pk for case in places]
    cases = list(Case.objects.filter(pk__in=pks).select_related("payer", "facility"))
    for tree in trees:
        holds = compiled(tree, TERMS)
        in_python = {case.pk for case in cases if holds(facts_of(subject_of(case)))}
        yield tree, in_python, set(Case.objects.filter(matching(tree)).values_list("pk", flat=True))


def denial():
    return CaseFactory(payer=PayerFactory(is_confirmed=True))


@pytest.mark.parametrize("key", FIELDS)
def test_every_field_reads_the_same_value_from_a_case_that_has_it(key):
    case = credit() if key == "is_federal" else denial()
    fact = facts_of(subject_of(case))[key]
    assert fact is not None

    value = str(fact) if isinstance(fact, Decimal | date) else fact
    tree = {"field": key, "is": "is", "value": value}
    if TERMS[key].kind is Kind.TEXTS:
        tree = {"not": {"field": key, "is": "in", "value": ["N29"]}}

    assert Case.objects.filter(matching(tree)).get() == case


def test_what_is_absent_is_neither_like_anything_nor_above_or_below_it():
    case = CaseFactory(details={})

    def holds(operator, value):
        tree = {"field": "service_from", "is": operator, "value": value}
        return Case.objects.filter(matching(tree)).filter(pk=case.pk).exists()

    assert not holds("is", "2026-01-01")
    assert not holds("at_least", "2026-01-01")
    assert not holds("less_than", "2026-01-01")
    assert holds("is_not", "2026-01-01")
