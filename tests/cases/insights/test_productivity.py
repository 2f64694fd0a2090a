"""What people finished, by weight, beside how good it was."""

from datetime import UTC
from decimal import Decimal

import pytest
from django.utils import timezone

from billing_portal.kernel.days import house_day
from cases.actions import working
from cases.insights.productivity import output
from cases.projects.statistics import Share
from cases.work.lifecycle import Disposition
from tests.factories.quality import QaDrawFactory, QaSampleFactory, WorkWeightFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(house):
    house.grant("team_lead", house.auth, "view_queue", "work_queue", "lead_queue")
    house.grant("team_lead", house.north, "view_facility")
    return house.person("team_lead")


def finish(house, worker):
    return working.resolve(
        case=house.case(),
        by=worker,
        disposition=Disposition.DUPLICATE,
        reason="Twice",
        at=timezone.now(),
        seen_version=1,
    )


def test_weight_and_agreement_stand_side_by_side(house, lead):
    WorkWeightFactory(category="AUTH", weight=Decimal("1.5"))
    worker, second = (house.person("denial_specialist") for _ in range(2))
    cases = [finish(house, worker) for _ in range(4)]
    draw = QaDrawFactory(on=house_day(timezone.now()))
    for case, agrees in zip(cases, [True, False, None], strict=False):
        answer = {"reviewer": second, "verdict": "duplicate", "reason": "x", "agrees": agrees}
        given = answer | {"reviewed_at": timezone.now()} if agrees is not None else {}
        QaSampleFactory(draw=draw, case=case, resolver=worker, **given)

    (row,) = output(lead, at=timezone.now(), zone=UTC)

    assert (row.ended, row.weight, row.days, row.per_day) == (4, 6, 1, 6)
    assert (row.sampled, row.agreed) == (3, Share(1, 2))
    assert row.interval.low < 0.5 < row.interval.high


def test_of_queues_that_one_does_not_lead_nothing_is_told(house, lead):
    finish(house, house.person("denial_specialist"))

    assert output(house.person("denial_specialist"), at=timezone.now(), zone=UTC) == []
    assert len(output(lead, at=timezone.now(), zone=UTC)) == 1


@pytest.mark.parametrize("rows", [1, 12])
def test_output_costs_four_queries_for_any_number(house, lead, rows, django_assert_num_queries):
    for _ in range(rows):
        finish(house, house.person("denial_specialist"))
    output(lead, at=timezone.now(), zone=UTC)

    with django_assert_num_queries(4):
        assert len(output(lead, at=timezone.now(), zone=UTC)) == rows
