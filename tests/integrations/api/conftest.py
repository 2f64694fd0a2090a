"""The house that these tests knock at."""

import pytest
from django.core.cache import cache

from tests.house import House


@pytest.fixture
def house(db) -> House:
    cache.clear()  # throttles count per process
    return House.built()
