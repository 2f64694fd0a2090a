"""Weights, and who finished what."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing_portal.access.actor import system_actor
from cases.actions import moving, working
from cases.actions.undoing import undo
from cases.quality.queries import Weights, ended_between
from cases.work.lifecycle import Disposition, Verb
from tests.factories.quality import WorkWeightFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


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


def test_who_puts_an_ending_back_did_not_end_it(house):
    worker, other, now = house.person("denial_specialist"), house.person("denial_specialist"), NOW
    resolved = working.resolve(
        case=house.case(),
        by=worker,
        disposition=Disposition.DUPLICATE,
        reason="Twice",
        at=now,
        seen_version=1,
    )
    opened = working.reopen(case=resolved, by=other, reason="No", at=later(1), seen_version=2)
    undo(case=opened, by=other, at=later(2), seen_version=3)

    assert [each.resolver_id for each in ended_between(now, later(3))] == [worker.pk]


def test_what_systems_close_after_a_reopening_is_nobodys_work(house):
    worker, case = house.person("denial_specialist"), house.case()
    working.resolve(
        case=case,
        by=worker,
        disposition=Disposition.DUPLICATE,
        reason="Twice",
        at=NOW,
        seen_version=1,
    )
    working.reopen(case=case, by=worker, reason="Not so", at=later(1), seen_version=2)
    moving.move(
        case=case,
        verb=Verb.CLOSE,
        by=system_actor("detection"),
        reason="Reversed",
        at=later(2),
        seen_version=None,
        disposition=Disposition.REVERSED,
    )

    assert ended_between(NOW, later(3)) == []


def later(minutes):
    return NOW + timedelta(minutes=minutes)


def test_what_systems_resolve_is_nobodys_work(house):
    now = timezone.now()
    case = house.case(status="closed", disposition="reversed", resolved_at=now, closed_at=now)

    assert case.history.get().history_user == system_actor("tests")
    assert ended_between(now - timedelta(hours=1), now + timedelta(hours=1)) == []
