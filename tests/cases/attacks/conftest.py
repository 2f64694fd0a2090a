"""A house with open books, and everybody in it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from billing_portal.kernel.days import house_day
from tests.cases.attacks.cast import assembled
from tests.factories.effects import FiscalPeriodFactory, LedgerFactory
from tests.house import House


@pytest.fixture
def cast(settings):
    """A house whose books are open and kept, and everybody in it."""
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    cache.clear()
    house, today = House.built(), house_day(timezone.now())
    LedgerFactory()
    FiscalPeriodFactory(
        entity=house.north, starts_on=today - timedelta(9), ends_on=today + timedelta(9)
    )
    return assembled(house)
