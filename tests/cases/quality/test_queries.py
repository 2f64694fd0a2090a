"""Weights, and who finished what."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing_portal.access.actor import system_actor
from cases.actions import working
from cases.quality.queries import Weights, ended_between
from cases.work.lifecycle import Disposition
from tests.factories.quality import WorkWeightFactory

pytestmark = pytest.mark.django_db


def test_a_category_weighs_what_is_configured_else_its_type_else_one():
    WorkWeightFactory(category="AUTH", weight=Decimal(2))
    WorkWeightFactory(category="", weight=Decimal("0.5"))

    weights = Weights.read()

    assert weights.of("denial", "AUTH") == 2
    assert weights.of("denial", "CODING") == Decimal("0.5")
    assert weights.of("remittance_exception", "") == 1


def test_what_a_person_resolved_is_theirs_until_it_is_opened_again(house):
    worker, now = house.person("denial_specialist"), timezone.now()
    resolved = working.resolve(
        case=house.case(),
        by=worker,
        disposition=Disposition.DUPLICATE,
        reason="Twice",
        at=now,
        seen_version=1,
    )

    def found():
        return [(e.case_id, e.resolver_id) for e in ended_between(now, now + timedelta(hours=1))]

    assert found() == [(resolved.pk, worker.pk)]
    working.reopen(case=resolved, by=worker, reason="Not so", at=now, seen_version=2)
    assert found() == []


def test_what_systems_resolve_is_nobodys_work(house):
    now = timezone.now()
    case = house.case(status="closed", disposition="reversed", resolved_at=now, closed_at=now)

    assert case.history.get().history_user == system_actor("tests")
    assert ended_between(now - timedelta(hours=1), now + timedelta(hours=1)) == []
