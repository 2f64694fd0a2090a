"""A second look ends a case only in ways that its kind can end."""

import pytest
from django.utils import timezone

from billing_portal.kernel.days import house_day
from cases.actions import reviewing
from cases.quality.services import ReviewRefused
from cases.work.lifecycle import Disposition
from tests.factories.quality import QaSampleFactory
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db) -> House:
    return House.built()


def test_an_end_that_the_kind_of_case_does_not_have_is_refused(house):
    sample, by = QaSampleFactory(case=house.case()), house.person("denial_specialist")
    given = {"sample": sample, "reason": "So", "by": by, "at": timezone.now()}

    with pytest.raises(ReviewRefused):
        reviewing.answer(verdict=Disposition.EXPLAINED, **given)

    assert reviewing.answer(verdict=Disposition.DUPLICATE, **given).agrees


def test_a_day_is_drawn(house):
    assert reviewing.draw_day(on=house_day(timezone.now())).population == 0
