"""Facets: what was found, counted by kind, status, queue and payer; and narrowed by them."""

import pytest

from cases.work import search
from cases.work.facets import faceted
from tests.factories.cases import CaseFactory
from tests.factories.integrations import PayerFactory
from tests.factories.people import granted

pytestmark = pytest.mark.django_db
CODE = "CO-197"


def found(worker, term=CODE, limit=25, **narrowed):
    return faceted(worker, term, narrowed=narrowed, limit=limit)


def counts(found, name):
    return {each.value: each.cases for each in found.facets[name]}


@pytest.fixture
def others(case, worker):
    place = {"queue": case.queue, "facility": case.facility}
    return [CaseFactory(payer=PayerFactory(key="other"), status="in_work", owner=worker, **place)]


def test_each_facet_counts_what_the_others_leave(case, worker, others):
    CaseFactory()

    every, narrowed = found(worker), found(worker, status="in_work")

    assert every.cases == 2
    assert counts(every, "status") == {"new": 1, "in_work": 1}
    assert counts(every, "queue") == {case.queue.key: 2}
    assert [each for _label, cases in narrowed.groups for each in cases] == others
    assert counts(narrowed, "payer") == {"other": 1}
    assert counts(narrowed, "status") == counts(every, "status")


def test_what_lies_beyond_the_bound_is_found_by_a_facet(case, worker, others, monkeypatch):
    monkeypatch.setattr(search, "BOUND", 1)
    monkeypatch.setattr("cases.work.facets.BOUND", 1)

    assert found(worker).is_cut
    for status, one in (("new", case), ("in_work", others[0])):
        [(_label, cases)] = found(worker, status=status).groups
        assert cases == [one]


def test_a_strange_facet_finds_nothing(case, worker):
    assert found(worker, queue="nowhere").groups == []
    assert found(granted(), status="new").cases == 0


@pytest.mark.parametrize("rows", [1, 25])
def test_facets_cost_the_same_however_much_is_found(case, worker, rows, django_assert_num_queries):
    CaseFactory.create_batch(rows, queue=case.queue, facility=case.facility)
    found(worker)

    with django_assert_num_queries(3):
        found(worker)
    with django_assert_num_queries(4):
        found(worker, queue=case.queue.key)
