"""The second look's pages: blind until answered, and for others than who finished the case."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_portal.audit.models import AuditEvent
from tests.factories.quality import QaSampleFactory
from tests.house import CANARY
from tests.pages import hidden_fields, text_of

pytestmark = pytest.mark.django_db
REVIEWS = "/reviews/"


@pytest.fixture
def sample(house):
    resolver = house.person("denial_specialist", full_name="Rita Resolver")
    return QaSampleFactory(case=house.case(), resolver=resolver)


def address(sample):
    return reverse("cases:review", args=[sample.public_id])


def test_neither_page_tells_the_end_before_it_is_answered(reader, sample):
    for page in (REVIEWS, address(sample)):
        shown = text_of(reader.get(page))
        assert "Rita Resolver" not in shown
        assert sample.case.reference not in shown

    given = {"verdict": "not_a_denial", "reason": "Paid on another line"}
    answer = text_of(reader.post(address(sample), given, follow=True))

    assert "You differ: it was ended as “Duplicate”." in answer
    assert sample.case.reference in answer
    assert reader.get(address(sample)).status_code == 404


def test_an_answer_sent_twice_is_given_once(reader, sample):
    given = hidden_fields(reader.get(address(sample)).content.decode())
    given |= {"verdict": "duplicate", "reason": "The same service twice"}

    answers = [reader.post(address(sample), given) for _ in range(2)]

    assert [(each.status_code, each.url) for each in answers] == [(302, REVIEWS)] * 2
    assert AuditEvent.objects.filter(verb="case.reviewed").count() == 1
    late = reader.post(address(sample), given | {"key": "another"})
    assert late.status_code == 409
    assert "This one is answered already." in text_of(late)


def test_an_answer_without_a_reason_is_asked_again(reader, sample):
    assert reader.post(address(sample), {"verdict": "duplicate"}).status_code == 422


def test_ones_own_and_foreign_cases_are_not_there(house, reader, specialist):
    own = QaSampleFactory(case=house.case(), resolver=specialist)
    foreign = QaSampleFactory(case=house.canaries()[0])

    assert CANARY not in reader.get(REVIEWS).content.decode()
    assert reader.get(address(own)).status_code == 404
    assert reader.post(address(own)).status_code == 404
    assert reader.post(address(foreign)).status_code == 404
    assert reader.get(address(foreign)).status_code == 404


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_costs_the_same_queries_for_any_number(house, reader, rows):
    for _ in range(rows):
        QaSampleFactory(case=house.case())
    reader.get(REVIEWS)

    with CaptureQueriesContext(connection) as queries:
        reader.get(REVIEWS)

    assert len(queries) <= 10
