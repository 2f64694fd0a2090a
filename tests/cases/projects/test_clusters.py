"""Suggestions: what is alike in the data, counted as its project would gather it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.projects.clusters import Cluster, suggested, telling
from cases.projects.patterns import Pattern
from cases.projects.queries import loose
from tests.factories.projects import ProjectCaseFactory
from tests.house import DETAILS

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(house):
    return house.person("denial_specialist")


def alike(house, number=6, remark="N54", days=1, **fields):
    opened = timezone.now() - timedelta(days=days)
    details = DETAILS | {"remarks": [remark], "lines": [{"procedure": "99285"}]}
    return [house.case(opened_at=opened, details=details, **fields) for _ in range(number)]


def test_like_denials_are_suggested_with_count_money_trend_and_share(house, lead):
    alike(house, 6)
    alike(house, 4, days=100, status="closed", disposition="duplicate", **ended())
    alike(house, 2, code="CO-16")
    house.canaries(5, opened_at=timezone.now())

    (found,) = suggested(lead, at=timezone.now())

    assert (found.cases, found.amount) == (6, Decimal("2400.00"))
    assert (found.recent, found.earlier, found.trend) == (6, 4, 0.5)
    assert found.share == 6 / 8
    assert found.pattern == Pattern(house.payer.pk, "CO-197", "N54", "99285", house.north.pk)
    assert (found.payer, found.facility) == ("Lakeside Test Health", "North Test Hospital")


def ended():
    return {"resolved_at": timezone.now(), "closed_at": timezone.now()}


def test_a_suggestion_counts_what_its_project_gathers(house, lead):
    alike(house, 6)
    alike(house, 5, remark="N55")
    held = alike(house, 1)[0]
    ProjectCaseFactory(case=held)

    for found in suggested(lead, at=timezone.now()):
        assert loose(found.pattern, lead).count() == found.cases


def test_fewer_than_the_least_suggest_nothing(house, lead):
    alike(house, 4)

    assert suggested(lead, at=timezone.now()) == []


def test_suggestions_cost_the_same_queries_for_any_number(house, lead, django_assert_num_queries):
    alike(house, 6)
    suggested(lead, at=timezone.now())
    alike(house, 6, code="CO-16")

    with django_assert_num_queries(3):
        assert len(suggested(lead, at=timezone.now())) == 2


def cluster(cases, **parts):
    return Cluster(Pattern(**parts), cases, Decimal(cases), cases, 0, timezone.now())


def test_of_nested_patterns_the_narrowest_that_holds_most_is_told():
    wide, narrow = cluster(10, code="A"), cluster(7, code="A", remark="N")
    thin = cluster(5, code="A", remark="M")

    assert list(telling([wide, narrow, thin])) == [narrow]
    assert list(telling([wide, thin])) == [wide]
