"""What a term can mean, and which hits come first."""

from datetime import timedelta

import pytest

from cases.work import search
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import granted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("term", "labels"),
    [
        ("DN-104167", {"Case", "Claim number", "Payer control number"}),
        ("1,234.56", {"Case", "Claim number", "Payer control number", "Amount"}),
        ("co197", {"Case", "Claim number", "Payer control number", "Reason"}),
        ("Doe, Jane", {"Case", "Claim number", "Payer control number", "Patient"}),
        ("do", {"Case", "Claim number", "Payer control number"}),
    ],
)
def test_a_term_is_looked_up_by_all_that_its_shape_can_mean(term, labels):
    assert {probe.label for probe in search.probes(term)} == labels


def test_open_cases_come_first_then_the_newest(case, worker):
    place = {"queue": case.queue, "facility": case.facility}
    newest = CaseFactory(opened_at=OPENED + timedelta(days=2), **place)
    finished = CaseFactory(
        opened_at=OPENED + timedelta(days=3),
        status="closed",
        disposition="reversed",
        resolved_at=OPENED,
        closed_at=OPENED,
        **place,
    )

    [(label, found)] = search.search(worker, "CO-197")

    assert label == "Reason"
    assert found == [newest, case, finished]


def test_a_search_costs_two_queries_however_much_it_finds(case, worker, django_assert_num_queries):
    CaseFactory.create_batch(5, queue=case.queue, facility=case.facility)
    assert search.search(worker, "TC-")

    with django_assert_num_queries(2):
        search.search(worker, "TC-")


def test_strangers_find_nothing(case):
    assert search.search(granted(), "CO-197") == []
